"""A run in this process that ends as SIGKILL would end it: nothing is tidied up."""

from enas_tf.training.driver import Driver


class Killed(BaseException):
    """Ends a run as SIGKILL would."""


def killed_at(step):
    """A `Driver.advance` that dies in the call that would go beyond `step`."""
    advance = Driver.advance

    def dying(self, name, last, call, **more):
        def fatal(first, end):
            if end > step:
                raise Killed
            call(first, end)

        return advance(self, name, last, fatal, **more)

    return dying
