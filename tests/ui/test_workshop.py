"""The bench of a set: which way to add pictures is open, of one class at a time."""

from ui.session.workshop import Bench


def test_another_class_takes_over_what_is_open():
    bench = Bench()
    bench.open_tool(1, 0, "camera")
    bench.open_tool(2, 0, "camera")
    assert bench.tool == (2, "camera")
    assert bench.taken_over == {1: 1}


def test_a_late_closing_of_one_class_leaves_another_open():
    bench = Bench()
    bench.open_tool(2, 0, "phone")
    bench.open_tool(1, 0, None)
    assert bench.tool == (2, "phone")
    assert not bench.taken_over


def test_a_class_closes_and_changes_its_own():
    bench = Bench()
    bench.open_tool(1, 0, "camera")
    bench.open_tool(1, 0, "ready")
    assert bench.tool == (1, "ready")
    bench.open_tool(1, 0, None)
    assert bench.tool is None
    assert not bench.taken_over


def test_a_choice_of_before_is_over():
    bench = Bench()
    bench.open_tool(2, 0, "ready")
    bench.open_tool(1, 0, "camera")
    bench.open_tool(2, 0, "ready")  # again, from a browser that still shows it
    assert bench.tool == (1, "camera")
    bench.open_tool(2, 1, "ready")  # chosen anew
    assert bench.tool == (2, "ready")
