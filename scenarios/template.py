"""A scenario to start from, with comments that say what may be written."""

import json
from pathlib import Path

from scenarios.scenario import is_path, list_scenarios
from simulation.faults import InputError

TEMPLATE = """# A scenario: one question put to the market for commissioning support, 2012 to 2016.
# Check it with 'csmarket scenarios check {file}', run it with 'csmarket run {file}'.

# What a chart of it would be titled.
title = {title}

# The question that it asks.
question = "What if agreements ran for three years?"

# Why it is worth asking, with what the evidence says.
because = "Longer agreements give units time to settle, and CCGs fewer occasions to leave."

# Start from another scenario, a library name or a file beside this one, instead of from the defaults.
# extends = "allowance_cut"

# Values that hold from January 2012. 'csmarket parameters' lists the names, units and ranges.
[changes]
"agreement.months" = 36
# "hosting.form" = "social_enterprise"
# "choice.free" = true

# What changes on a date; it takes effect in the month that holds it. One heading for each date.
# A dated change comes after [changes] and replaces its value; '--set' drops the dated changes of what it sets.
# [[policy]]
# name = "cut"
# from = 2015-04-01
# changes = {{ "allowance.per_head" = 22.07 }}
"""


def template(name: str, file: str) -> str:
    """Return a scenario to start from.

    Args:
        name: What it is called.
        file: Its path, as commands take it.
    """
    title = json.dumps(name.replace("_", " ").capitalize(), ensure_ascii=False)
    return TEMPLATE.format(title=title, file=file)


def write_template(name: str) -> Path:
    """Write a scenario to start from, and never over a file that is there.

    Args:
        name: A name, for ``NAME.toml`` in this folder, or a path.

    Returns:
        The file.

    Raises:
        InputError: The name is the library's, or the file is there already or cannot be written.
    """
    path = Path(name) if is_path(name) else Path(f"{name}.toml")
    if name in list_scenarios():
        raise InputError([f"{name} is a name of the library: choose another"])
    if path.suffix != ".toml" or not path.stem.strip("."):
        raise InputError([f"{name}: a scenario's file must have a name that ends in .toml"])
    shown = path.as_posix()
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template(path.stem, file=shown))
    except FileExistsError:
        raise InputError([f"{shown}: is there already, and is left alone: choose another name"]) from None
    except OSError as error:
        raise InputError([f"{shown}: cannot be written ({error.strerror}): choose another name"]) from None
    return path
