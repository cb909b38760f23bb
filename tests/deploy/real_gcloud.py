"""Check recorded command lines with the real gcloud: its parser, its messages, its printer. Nothing is sent.

It runs under gcloud's own Python with gcloud's own packages: `python real_gcloud.py SDK_ROOT`. For each
list of command lines on its input, JSON in one line, it writes a list of problems: a text for each, or none.
"""

# gcloud's packages have no types.
# mypy: ignore-errors
# ruff: noqa: PLC0415, BLE001  (gcloud's packages are found only once the path is set; any error is a problem to report)

import io
import json
import sys
import tempfile
from pathlib import Path


def parse(top, argv):
    """Find the command, and parse the rest with its parser."""
    node, rest = top, list(argv)
    while node.is_group:
        child = node.LoadSubElement(rest[0]) if rest else None
        if child is None:
            raise ValueError(f"there is no command {' '.join(argv)}")
        node, rest = child, rest[1:]
    return node._parser.parse_args(rest, raise_error=True)


def with_files(line, folder):
    """Write the recorded files again, and name them in the command line."""
    argv = list(line["argv"])
    for number, (flag, content) in enumerate(line["files"].items()):
        file = Path(folder) / f"{number}.json"
        file.write_text(content)
        argv = [f"{flag}={file}" if word.startswith(f"{flag}=") else word for word in argv]
    return argv


def format_resources(resources, args):
    """Format Google's answer as gcloud would."""
    from googlecloudsdk.core.resource import resource_printer

    out = io.StringIO()
    resource_printer.Print(resources, args.format, out=out, single=isinstance(resources, dict))
    return out.getvalue()


def check_message(argv, files):
    """Parse the contents of files as the messages that gcloud would send."""
    from apitools.base.py import encoding
    from googlecloudsdk.api_lib.util import apis
    from googlecloudsdk.command_lib.artifacts import cleanup_policy_util

    kinds = {
        "--policy-from-file": ("monitoring", "v3", "AlertPolicy"),
        "--config-from-file": ("logging", "v2", "LogMetric"),
    }
    for flag, content in files.items():
        if flag in kinds:
            name, version, kind = kinds[flag]
            message = encoding.JsonToMessage(getattr(apis.GetMessagesModule(name, version), kind), content)
            unknown = [[*edge, *names] for edge, names in encoding.UnrecognizedFieldIter(message)]
            if unknown:
                raise ValueError(f"{kind} has no {unknown}")
        elif flag == "--policy":
            cleanup_policy_util.ParseCleanupPolicy(next(word for word in argv if word.startswith(flag))[9:])


def check_values(argv, args):
    """Check what gcloud's parser leaves to the command itself."""
    from googlecloudsdk.command_lib.functions.v2.deploy import command

    if argv[:2] == ["functions", "deploy"]:
        command._ParseMemoryStrToK8sMemory(args.memory)
        command._ValidateK8sCpuStr(args.cpu)


def find_problem(top, line):
    """Return what is wrong with a line, or an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            argv = with_files(line, folder)
            args = parse(top, argv)
            check_message(argv, line["files"])
            check_values(argv, args)
            if line["resources"] is not None and line["reads"]:
                answer = format_resources(line["resources"], args)
                if answer != line["answer"]:
                    return f"it prints {answer!r}, not {line['answer']!r}"
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    sys.path[:0] = [f"{sys.argv[1]}/lib", f"{sys.argv[1]}/lib/third_party"]
    from googlecloudsdk import gcloud_main

    gcloud = gcloud_main.CreateCLI([])._TopElement()
    for request in sys.stdin:
        answer = [find_problem(gcloud, line) for line in json.loads(request)]
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
