"""Where a workspace lies: folders that a service copies elsewhere, and the room on the disk."""

import re
import shutil
from pathlib import Path

LEAST_ROOM = 200 * 1024 * 1024  # bytes; below that a backup or an import may not find room

# Names of folders by which the programs of these services keep their copies.
_CLOUDS = (
    ("OneDrive", re.compile(r"onedrive( - .+)?", re.IGNORECASE)),
    ("Dropbox", re.compile(r"dropbox( \(.+\))?", re.IGNORECASE)),
    ("Nextcloud", re.compile(r"nextcloud\d*", re.IGNORECASE)),
    ("ownCloud", re.compile(r"owncloud", re.IGNORECASE)),
    ("坚果云", re.compile(r"坚果云|我的坚果云|nutstore( files)?", re.IGNORECASE)),
    ("iCloud", re.compile(r"iclouddrive|icloud drive|com~apple~clouddocs", re.IGNORECASE)),
    ("Google Drive", re.compile(r"google ?drive|my drive", re.IGNORECASE)),
    ("百度网盘", re.compile(r"百度网盘|百度云|baidunetdisk(workspace|download)?", re.IGNORECASE)),
    ("WPS", re.compile(r"wps云盘|wpsdrive|wps cloud files", re.IGNORECASE)),
    ("Syncthing", re.compile(r"syncthing", re.IGNORECASE)),
)


def synced_by(path: Path) -> str:
    """The service that seems to copy the folder of `path` elsewhere; "" when none does."""
    for part in path.absolute().parent.parts:
        for name, pattern in _CLOUDS:
            if pattern.fullmatch(part):
                return name
    return ""


def little_room(path: Path) -> bool:
    """Whether the disk of `path` is nearly full."""
    try:
        return shutil.disk_usage(path.parent).free < LEAST_ROOM
    except OSError:
        return False
