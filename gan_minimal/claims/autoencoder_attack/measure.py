"""Does an autoencoder fool a classifier, and does another one notice?"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, at_least, at_most, in_parallel
from gan_minimal.models.autoencoder import Decoder, Encoder
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.scoring import readings

SEEDS = (10, 11, 12, 13, 14)  # of weights and batches; others than those of the first trials
ATTRIBUTE = "hair_color"  # what the classifier is to read wrongly; eight colours
EPSILON = 0.25  # how far a pixel may be moved; pixels are in [-1, 1]
ROUNDS, BATCH = 600, 128
TESTED = 1000  # faces for the threshold, and others for all else
ALARM = 0.95  # share of clean faces below the threshold
GUARD = 3.0  # weight of the alarm for an attacker who knows of it


def autoencoder() -> nn.Sequential:
    """Return a new autoencoder of faces, code 64; attacker and guard have the same layers."""
    return nn.Sequential(Encoder(16, 3, (512,), 64), Decoder(16, 3, (512,), 64))


def attacked(attacker: nn.Module, faces: Tensor) -> Tensor:
    """Move no pixel of faces `(N, 3, 16, 16)` by more than `EPSILON`."""
    return (faces + EPSILON * attacker(faces).tanh()).clamp(-1, 1)


def errors(guard: nn.Module, faces: Tensor) -> Tensor:
    """Return the mean squared error of each reconstruction, `(N,)`."""
    return (guard(faces) - faces).square().mean(dim=(1, 2, 3))


@dataclass
class Scene:
    """A classifier, a guard that knows clean faces only, and the error that sets its alarm off."""

    judge: AttributeClassifier
    guard: nn.Sequential
    threshold: float

    def colours(self, faces: Tensor) -> Tensor:
        """Return the logits of the attribute, `(N, 8)`."""
        return self.judge(faces)[ATTRIBUTE]

    def alarms(self, faces: Tensor) -> float:
        """Return the share of faces that the guard takes for attacked."""
        return (errors(self.guard, faces) > self.threshold).double().mean().item()

    def wrong(self, faces: Tensor, colours: Tensor) -> float:
        """Return the share of faces that are not read as their `colours` `(N,)`."""
        return (self.colours(faces).argmax(1) != colours).double().mean().item()

    def attack(self, attacker: nn.Module, faces: Tensor, colours: Tensor, knows: bool) -> Tensor:
        """Return what the attacker minimises: right readings, and alarms if it knows of them."""
        moved = attacked(attacker, faces)
        losses = F.cross_entropy(self.colours(moved), colours, reduction="none")  # (N,)
        right = -losses.clamp(max=3).mean()  # a face that is read wrongly enough is left alone
        if not knows:
            return right
        return right + GUARD * F.relu(errors(self.guard, moved) / self.threshold - 0.8).mean()


def splits() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Return faces and hair colours to learn from, and to test on."""
    train, test = (data.tensors("faces16-labels", split) for split in ("train", "test"))
    return (train[0], train[1]), (test[0], test[1])


def batches(faces: Tensor, colours: Tensor, rounds: int) -> list[tuple[Tensor, Tensor]]:
    """Draw a batch for each round."""
    chosen = torch.randint(len(faces), (rounds, BATCH))
    return [(faces[i], colours[i]) for i in chosen]


def guarded(seed: int, rounds: int = ROUNDS) -> tuple[Scene, list[float]]:
    """Train the guard on clean faces and set its threshold; also return its losses."""
    torch.manual_seed(seed)
    (faces, colours), (test, _) = splits()
    guard = autoencoder()
    adam = torch.optim.Adam(guard.parameters(), lr=1e-3)
    losses = []
    for x, _ in batches(faces, colours, rounds):
        adam.zero_grad()
        loss = errors(guard, x).mean()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    with torch.no_grad():
        threshold = errors(guard, test[:TESTED]).quantile(ALARM).item()
    judge = readings.classifier("attributes").requires_grad_(False)
    return Scene(judge, guard.requires_grad_(False), threshold), losses


def taught(
    scene: Scene, seed: int, knows: bool, rounds: int = ROUNDS
) -> tuple[nn.Module, list[float]]:
    """Train an attacker, and return it with its losses."""
    torch.manual_seed(100 + seed)
    attacker = autoencoder()
    adam = torch.optim.Adam(attacker.parameters(), lr=1e-3)
    losses = []
    for x, colours in batches(*splits()[0], rounds):
        adam.zero_grad()
        loss = scene.attack(attacker, x, colours, knows)
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return attacker, losses


def scores(seed: int) -> dict[str, float]:
    """Train a guard and two attackers, and return all that is measured of them."""
    scene, _ = guarded(seed)
    _, (faces, colours) = splits()
    x, colours = faces[TESTED : 2 * TESTED], colours[TESTED : 2 * TESTED]
    blind, knowing = (taught(scene, seed, knows)[0] for knows in (False, True))
    with torch.no_grad():
        noisy = (x + EPSILON * torch.randn_like(x).sign()).clamp(-1, 1)
        moved, hidden = attacked(blind, x), attacked(knowing, x)
        return {
            "wrong_clean": scene.wrong(x, colours),
            "wrong_noise": scene.wrong(noisy, colours),
            "wrong_attack": scene.wrong(moved, colours),
            "wrong_repaired": scene.wrong(scene.guard(moved), colours),
            "wrong_knowing": scene.wrong(hidden, colours),
            "alarm_clean": scene.alarms(x),
            "alarm_attack": scene.alarms(moved),
            "alarm_knowing": scene.alarms(hidden),
        }


def measure() -> Values:
    """Play the scene with five seeds."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in found[0]}


def opening() -> list[float]:
    """Return the first losses of the guard and of both attackers."""
    scene, losses = guarded(SEEDS[0], rounds=3)
    for knows in (False, True):
        losses += taught(scene, SEEDS[0], knows, rounds=3)[1]
    return losses


def fools(values: Values) -> list[float]:
    """Say by how much more than half of the faces the attack spoils, beyond noise."""
    return at_least(values["wrong_attack"], [noise + 0.5 for noise in values["wrong_noise"]])


def repairs(values: Values) -> list[float]:
    """Say by how much the reconstruction takes back more than half of the attack's errors."""
    names = ("wrong_repaired", "wrong_clean", "wrong_attack")
    triples = list(zip(*(values[name] for name in names), strict=True))
    return at_most(
        [repaired for repaired, _, _ in triples],
        [(clean + attack) / 2 for _, clean, attack in triples],
    )


CLAIM = Claim(
    __file__,
    place="answers/autoencoder-uses.md#autoencoder-uses",
    family="autoencoders",
    measure=measure,
    statements=(
        Statement("attack", fools),
        Statement("detection", lambda values: at_least(values["alarm_attack"], 0.5), ours=True),
        Statement("repair", repairs, ours=True),
        Statement(
            "knowing",
            lambda values: at_most(
                values["alarm_knowing"], [seen / 2 for seen in values["alarm_attack"]]
            ),
            ours=True,
        ),
    ),
    opening=opening,
    plot=("wrong_clean", "wrong_noise", "wrong_attack", "wrong_repaired", "wrong_knowing"),
)
