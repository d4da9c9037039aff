"""x"""
def draw(p): pass
