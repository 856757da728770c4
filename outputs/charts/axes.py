"""Small habits of axes that several charts share."""

from matplotlib.axes import Axes


def align_left(axes: Axes) -> None:
    """Let the labels under a panel begin at their ticks, so that panels side by side do not run into each other."""
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("left")
