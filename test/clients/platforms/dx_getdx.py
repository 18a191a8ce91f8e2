"""DX by the community's SDK `getdx`: a family a function, a call a line. Where it guesses a method's arguments, as DX's
own pages say, nothing is called: workflow runs, events, org files, the creation of entities."""

import os
from datetime import datetime, timezone

from getdx import DXClient, DXDataCloudConfig, DXWebConfig

now = datetime.now(timezone.utc).isoformat()
FAMILIES = []


def family(function):
    FAMILIES.append(function)
    return function


def connect():
    client = DXClient(
        web=DXWebConfig(token=os.environ["WEB_TOKEN"], base_url=os.environ["WEB_SERVER"]),
        data_cloud=DXDataCloudConfig(token=os.environ["TOKEN"], base_url=os.environ["SERVER"]),
    )
    return client.web, client.data_cloud


@family
def entities(web, cloud):
    page = web.entities.list(type="service", limit=5)
    assert len(page["entities"]) == 5 and page["response_metadata"]["next_cursor"]
    assert web.entities.list(type="service", limit=5, cursor=page["response_metadata"]["next_cursor"])["entities"]
    name = page["entities"][0]["identifier"]
    assert web.entities.info(name)["entity"]["domain"]["identifier"]
    assert web.entities.scorecards(name)["scorecards"] is not None and web.entities.tasks(name)["ok"]
    web.entities.upsert(identifier="of-getdx", type="service", name="Of getdx", properties={"tier": "2"}, domain=name)
    web.entities.update(identifier="of-getdx", description="changed", owner_user_emails=[])
    web.entities.delete("of-getdx")


@family
def entity_types(web, cloud):
    assert web.entity_types.list(limit=2)["entity_types"]
    assert web.entity_types.info("service")["entity_type"]["properties"]
    web.entity_types.create(identifier="of_getdx", name="Of getdx")
    web.entity_types.update(identifier="of_getdx", description="changed")
    web.entity_types.delete(identifier="of_getdx")


@family
def scorecards(web, cloud):
    one = web.scorecards.list(limit=1)["scorecards"][0]
    shown = web.scorecards.info(one["id"])["scorecard"]
    assert shown["entity_filter_type_identifiers"] and shown["evaluation_frequency_hours"]


@family
def initiatives(web, cloud):
    one = web.initiatives.list(limit=1, published="true")["initiatives"][0]
    assert web.initiatives.info(one["id"])["initiative"] and web.initiatives.progress_report(one["id"])["entities"]


@family
def teams(web, cloud):
    one = web.teams.list()["teams"][0]
    assert web.teams.info(team_id=one["id"])["team"] and web.teams.audit_trail(one["id"]) is not None


@family
def user_groups(web, cloud):
    assert web.user_groups.list(limit=2)["pagination"]["total_count"]


@family
def snapshots(web, cloud):
    assert web.snapshots.list()["snapshots"]


@family
def platformx(web, cloud):
    assert web.platformx.projects_list()["ok"]


@family
def deployments(web, cloud):
    cloud.deployments.create(service="booking-api", deployed_at=now, reference_id="of-getdx", metadata={"by": "getdx"})
    cloud.deployments.set_pull_services_by_repo_and_number(
        repository="kestrel/booking-api", pull_number=1, services=[{"identifier": "booking-api"}])


@family
def incidents(web, cloud):
    cloud.incidents.upsert(reference_id="of-getdx", started_at=now, services=[{"identifier": "booking-api"}], name="One")
    cloud.incidents.upsert(reference_id="of-getdx", started_at=now, services=[], resolved_at=now)


@family
def pipeline_runs(web, cloud):
    run = {"pipeline_name": "build", "pipeline_source": "getdx", "reference_id": "of-getdx", "started_at": now}
    cloud.pipeline_runs.upsert(**run, status="running")
    cloud.pipeline_runs.upsert(**run, status="success", finished_at=now)


@family
def custom_data(web, cloud):
    cloud.custom_data.set(reference="of-getdx", key="coverage", value={"percent": 71})
    cloud.custom_data.set_all(data=[{"reference": "of-getdx", "key": "owner", "value": {"reviewed": True}}])
    assert cloud.custom_data.get(reference="of-getdx", key="coverage")["data"]["value"] == {"percent": 71}
    assert len(cloud.custom_data.get_all_by_reference("of-getdx")["data"]) == 2
    cloud.custom_data.delete_by_reference_key("of-getdx", "coverage")
    cloud.custom_data.delete_all_by_reference(reference="of-getdx")


@family
def ai_tool_metrics(web, cloud):
    one = {"date": now[:10], "email": "ingrid.solberg@kestrel.example", "is_active": True, "tool": "getdx"}
    cloud.ai_tool_metrics.push(**one)
    assert cloud.ai_tool_metrics.push_all(data=[one])["ok"]


@family
def repo_groups(web, cloud):
    cloud.repo_groups.upsert(name="Of getdx", reference_id="of-getdx")
    assert cloud.repo_groups.get(reference_id="of-getdx")["data"]["name"] == "Of getdx"
    cloud.repo_groups.delete(reference_id="of-getdx")
