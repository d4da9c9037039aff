"""What the controller computes along an arc, restated in NumPy for one arc at a time.

Written from the description of the original samplers (general_controller.py,
micro_controller.py, and enas_lm's controller.py); weights by name as the controller has
them.
"""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm_step(x, c, h, w):
    i, f, o, g = np.split(np.concatenate([x, h]) @ w, 4)
    c = sigmoid(i) * np.tanh(g) + sigmoid(f) * c
    return c, sigmoid(o) * np.tanh(c)


class Player:
    """The LSTM's state along an arc; `x` is the input of its next step."""

    def __init__(self, weights):
        self._weights = weights
        self.start = self.x = weights["start"][0]
        self._c = self._h = self.zeros = np.zeros_like(self.start)

    def step(self):
        """[H]: the state after one more step."""
        lstm = self._weights["lstm"]
        self._c, self._h = lstm_step(self.x, self._c, self._h, lstm)
        return self._h

    def scores(self, slot, keys, h):
        """[n]: how much `h` likes each of the states `keys` [n, H]."""
        w1, w2, v = (self._weights[f"{slot}_{part}"] for part in ("w1", "w2", "v"))
        return np.tanh(keys @ w1 + h @ w2) @ v[:, 0]


def macro_play(weights, tokens, *, layers, shape):
    """The logits of every decision along `tokens` [T]."""
    logits, anchors, place = [], [], 0
    player = Player(weights)
    for layer in range(layers):
        logits.append(shape(player.step() @ weights["op_softmax"]))
        player.x = weights["op_embedding"][tokens[place]]
        h = player.step()
        player.x = player.start
        if layer:
            bits = tokens[place + 1 : place + 1 + layer]
            score = player.scores("skip", anchors, h)
            logits.append(shape(np.stack([-score, score], axis=1)))
            player.x = bits @ np.array(anchors) / (1.0 + bits.sum())
        anchors.append(h)
        place += 1 + layer
    return logits


def micro_play(weights, tokens, *, blocks, shape, shape_op):
    """The logits of every decision along `tokens` [T].

    `shape_op` is given the scores of an op and the number of the cell.
    """
    logits, rest = [], iter(tokens)
    player = Player(weights)
    for cell in (0, 1):
        keys = [player.step(), player.step()]
        anchors = [player.zeros, player.zeros]
        for _ in range(blocks):
            for _ in range(2):
                logits.append(shape(player.scores("index", keys, player.step())))
                player.x = anchors[next(rest)]
            for _ in range(2):
                score = player.step() @ weights["op_softmax"]
                logits.append(shape_op(score, cell))
                player.x = weights["op_embedding"][next(rest)]
            anchors.append(player.step())
            keys.append(anchors[-1])
            player.x = player.start
    return logits


def rnn_play(weights, tokens, *, shape):
    """The logits of every decision along `tokens` [2N]."""
    logits, rest = [], iter(tokens)
    player = Player(weights)
    anchors = [player.zeros]
    for node in range(1, len(tokens) // 2 + 1):
        h = player.step()
        distance = node - np.arange(node)
        logits.append(shape(player.scores("index", anchors, h)) - distance**2 / 6)
        chosen = next(rest)
        player.x = anchors[chosen] / (0.1 + distance[chosen])
        anchors.append(h)
        logits.append(shape(weights["op_embedding"] @ player.step()))
        player.x = weights["op_embedding"][next(rest)]
    return logits
