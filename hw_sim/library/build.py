"""``python -m hw_sim.library.build --out DIR`` writes the files of the sample library."""

from pathlib import Path
from typing import Annotated

import typer

from hw_sim.library.irbis import irbis_text
from hw_sim.library.pupils import pupils
from hw_sim.library.roster import roster_csv, roster_xlsx
from hw_sim.library.rusmarc import rusmarc_bytes
from hw_sim.library.stock import copies, copies_by_title
from hw_sim.library.titles import load_titles

IRBIS, RUSMARC = "catalogue-irbis.txt", "catalogue-rusmarc.iso"
ROSTER_CSV, ROSTER_XLSX = "pupils.csv", "pupils.xlsx"


def build(out: Path) -> list[Path]:
    """Write catalogue and roster in two formats each; the paths written."""
    titles, stock, roster = load_titles(), copies_by_title(copies()), pupils()
    out.mkdir(parents=True, exist_ok=True)
    files = {
        IRBIS: irbis_text(titles, stock).encode(),
        RUSMARC: rusmarc_bytes(titles, stock),
        ROSTER_CSV: roster_csv(roster),
        ROSTER_XLSX: roster_xlsx(roster),
    }
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


def main(
    out: Annotated[Path, typer.Option(help="folder to write into; it is made when missing")],
) -> None:
    """Write the sample library: catalogue (IRBIS64 and RUSMARC) and pupils (CSV and XLSX)."""
    for path in build(out):
        typer.echo(f"{path}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    typer.run(main)
