"""The chance that the arc that was chosen is one of the truly best.

The problem: the best of many scores is partly luck, and the more so the less the arcs
differ. Bootstrapping the scores as they are believes the luck.

The idea: an arc's true mean is drawn from a normal distribution over arcs, and its
score from one around the true mean. The noise is known: it is how arcs differ from
example to example, and images that are hard for all arcs are no part of it. The spread
of the true means is not known; every spread counts by how well it explains the scores.
Then true means are drawn, and counted is how often the chosen arc is near the top.

Not for the chance under an arc's own weights: "true" is its mean under the shared ones.
"""

import math

import numpy as np

SHARE = 0.2
DRAWS = 4000
SPREADS = 60  # of the true means, from none to three times that of the scores


def chance(worth: np.ndarray, rng: np.random.Generator) -> float:
    """That the arc of the highest mean is truly among the best fifth.

    Args:
      worth: [N, n], of N different arcs at n examples; more is better.
      rng: draws true means.
    """
    count = len(worth)
    top = math.ceil(SHARE * count)
    # Of arcs that are alike, or by one example, the chosen one is anywhere among them.
    if worth.shape[1] == 1 or np.ptp(worth.mean(axis=1)) == 0:
        return top / count
    drawn = _true_means(worth, rng)
    chosen = int(worth.mean(axis=1).argmax())
    above = (drawn > drawn[:, chosen, np.newaxis]).sum(axis=1)
    return float((above < top).mean())


def _true_means(worth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """[DRAWS, N]: true means, up to what all arcs have in common."""
    from sklearn import covariance  # takes a second to import; needed at the end

    differences = worth - worth.mean(axis=0)
    means = differences.mean(axis=1)
    # Few examples know little of the covariance of many arcs: Ledoit and Wolf (2004)
    # shrink it to what they do know.
    noise = covariance.ledoit_wolf(differences.T)[0] / worth.shape[1]
    variances, axes = np.linalg.eigh(noise)
    variances = np.maximum(variances, 1e-12 * variances.max())
    places = axes.T @ means
    spreads = np.linspace(0.0, 3.0 * means.std(), SPREADS + 1)[1:] ** 2
    shares = _likelihoods(places, variances, spreads)
    spread = rng.choice(spreads, DRAWS, p=shares)[:, np.newaxis]
    trust = spread / (spread + variances)
    drawn = rng.standard_normal((DRAWS, len(means)))
    return (trust * places + np.sqrt(trust * variances) * drawn) @ axes.T


def _likelihoods(
    places: np.ndarray, variances: np.ndarray, spreads: np.ndarray
) -> np.ndarray:
    """How well each of S variances of the true means explains the scores, [S]; sum 1.

    Args:
      places: [N], the scores along the axes of their noise.
      variances: [N], of the noise along these.
      spreads: [S].
    """
    total = spreads[:, np.newaxis] + variances
    logs = -0.5 * (np.log(total) + places**2 / total).sum(axis=1)
    shares = np.exp(logs - logs.max())
    return shares / shares.sum()
