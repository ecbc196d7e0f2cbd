"""The count form as a pandera schema, made from the same list of fields as `flyway.survey.form`.

`flyway.survey.validation` runs in the browser and says how to mend a cell. This schema is for those who
already check their tables with pandera (in a pipeline, say); both refuse the same rows.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from flyway.survey.cell_rules import CLOCK
from flyway.survey.form import FIELDS, Field


def count_form_schema(latest: object = None) -> pa.DataFrameSchema:
    """Return the schema of the count form for a table that was read with its types (dates, numbers).

    latest : last date that a visit may have; default today. Columns that are not needed may be absent;
    further columns are kept. Use `schema.validate(table, lazy=True)` to get all findings at once.
    """
    today = pd.Timestamp.now().normalize() if latest is None else pd.Timestamp(latest)
    columns = {spec.name: _column(spec, today) for spec in FIELDS}
    return pa.DataFrameSchema(
        columns,
        checks=[
            pa.Check(_ages_fit, name="ages above count", ignore_na=False),
            pa.Check(_no_doubles, name="doubled row", ignore_na=False),
        ],
        strict=False,
    )


def _column(spec: Field, today: pd.Timestamp) -> pa.Column:
    checks = []
    if spec.minimum is not None:
        checks.append(pa.Check.ge(spec.minimum, error="out of range"))
    if spec.maximum is not None:
        checks.append(pa.Check.le(spec.maximum, error="out of range"))
    if spec.kind == "whole":
        checks.append(pa.Check(lambda s: s == s.round(), name="not whole"))
    if spec.kind == "time":
        checks.append(pa.Check.str_matches(CLOCK.pattern, error="not a time"))
    if spec.kind == "date":
        checks.append(pa.Check.le(today, error="date in the future"))
    if spec.choices:
        checks.append(pa.Check.isin(spec.choices, error="unknown word"))
    dtype = {"whole": float, "number": float, "date": "datetime64[ns]"}.get(spec.kind)
    needed = spec.required or spec.name == "count"
    return pa.Column(
        dtype,
        checks,
        nullable=not spec.required,
        required=needed,
        coerce=dtype is not None,
        description=spec.meaning,
    )


def _ages_fit(table: pd.DataFrame) -> pd.Series:
    aged = table.reindex(columns=["adults", "juveniles"]).astype(float).sum(axis=1, min_count=1)
    return aged.isna() | (aged <= table["count"].astype(float))


def _no_doubles(table: pd.DataFrame) -> pd.Series:
    keys = [c for c in ("site", "date", "species", "start_time") if c in table]
    return ~table.duplicated(keys)
