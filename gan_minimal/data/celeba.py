"""CelebA, read image by image."""

from pathlib import Path

from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal.data.folder import picture
from gan_minimal.data.reading import missing, torchvision_datasets
from gan_minimal.errors import UserError


class CelebA(Dataset[tuple[Tensor, ...]]):
    """Celebrity faces, cut to the central 178x178 pixels as papers do, then reduced.

    Attributes:
        attributes: int64 tensor (N, 40), 1 where the face has the attribute and 0 where not.
        attribute_names: The 40 names, in the order of the columns.
    """

    def __init__(self, split: str, size: int, root: Path) -> None:
        """Open what has been downloaded to `root`.

        Raises:
            UserError: If it is not there.
        """
        folder = root / "celeba"
        try:
            # The splits and the attributes; the images are read here, to the same rules as others.
            found = torchvision_datasets().CelebA(root, split, "attr", download=False)
        except (RuntimeError, OSError, ValueError) as error:
            raise missing("celeba", root) from error
        self.size = size
        self.paths = [folder / "img_align_celeba" / name for name in found.filename]
        self.attributes: Tensor = found.attr.long()
        self.attribute_names: list[str] = [name for name in found.attr_names if name]
        absent = next((path for path in (self.paths[0], self.paths[-1]) if not path.exists()), None)
        if absent is not None:
            raise UserError(
                f"CelebA is incomplete, {absent} is missing: unpack img_align_celeba.zip again."
            )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return (picture(self.paths[index], self.size, crop=178),)
