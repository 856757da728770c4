"""What every part of the workshop shares: the data, the files, where logs lie, and who may connect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from outputs.workshop.files import Content, static_files
from simulation.inputs import England, read_england


@dataclass(frozen=True)
class Desk:
    """The facilitator's desk.

    Args:
        folder: Where logs of rooms lie; made when the first is written.
        address: The address that phones open, such as ``http://192.168.8.20:8123``.
        for_room: Whether the network may connect, or this machine alone.
        hosts: Names and addresses under which browsers may ask for pages; any where it is empty.
        england: The data.
        files: What is served under ``/static/``, by name.
    """

    folder: Path
    address: str = "http://127.0.0.1:8123"
    for_room: bool = False
    hosts: tuple[str, ...] = ()
    england: England = field(default_factory=read_england)
    files: Mapping[str, Content] = field(default_factory=static_files)
