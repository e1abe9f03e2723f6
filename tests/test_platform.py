"""The Qt binding on this machine: faults that would end the program in mid-work."""

import sys

import pytest

QtCore = pytest.importorskip("PySide6.QtCore")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from Python 3.12 on")
def test_emitting_a_signal_keeps_true_alive() -> None:
    """A hundred emits leave the reference count of True alone (a binding that drops one per emit
    aborts the program after some hundred)."""

    class Bell(QtCore.QObject):
        rung = QtCore.Signal(bool)

    bell = Bell()
    bell.rung.emit(True)
    before = sys.getrefcount(True)
    for _n in range(100):
        bell.rung.emit(True)
    assert abs(sys.getrefcount(True) - before) < 10
