"""Standard time against reality: what the SOP's own page asks through the port ``case_statistics``."""

from django.db import connection


def case_statistics(version) -> dict[int, dict]:
    """Finished office and agency steps of a version by number: runs, median_seconds, p90_seconds of working time.

    ``version``: a SopVersion or its id. Derived from the runs, never counted along; one query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step.no, count(*),"
            " percentile_cont(0.5) WITHIN GROUP (ORDER BY run.worked_seconds),"
            " percentile_cont(0.9) WITHIN GROUP (ORDER BY run.worked_seconds)"
            " FROM services_steprun AS run JOIN sop_step AS step ON step.id = run.step_id"
            " WHERE step.version_id = %s AND run.outcome IN ('done', 'yes', 'no') AND run.worked_seconds IS NOT NULL"
            " GROUP BY step.no",
            [getattr(version, "pk", version)],
        )
        return {
            no: {"runs": runs, "median_seconds": round(median), "p90_seconds": round(p90)}
            for no, runs, median, p90 in cursor.fetchall()
        }
