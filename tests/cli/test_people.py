"""`tuki people import`: what it prints, and how it ends."""

import pytest
from click.testing import CliRunner

from tuki.cli.people import command
from tuki.people.models import Person


@pytest.fixture
def file(tmp_path, desk):
    file = tmp_path / "people.csv"
    file.write_text("email,name,package\na@b.example,A,\nb@b.example,B,\nnobody,C,\n")
    return file


@pytest.mark.parametrize(("options", "made"), [(["--dry-run"], 0), ([], 2)])
def test_lines_that_can_t_be_done_are_told_and_stop_no_other(file, options, made):
    result = CliRunner().invoke(command, ["import", str(file), *options])

    assert result.exit_code == 1
    assert "people.csv:4: nobody: “nobody” is not an e-mail address." in result.stdout
    assert "2 of 3 lines" in result.stdout
    assert Person.objects.filter(email__endswith="@b.example").count() == made
