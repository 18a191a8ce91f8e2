"""DataOps.live by python-gitlab: a family a function, a call a line."""

import base64
import os
import time
from datetime import date, timedelta

import gitlab

soon = (date.today() + timedelta(days=30)).isoformat()
FAMILIES = []


def family(function):
    FAMILIES.append(function)
    return function


def connect():
    server = gitlab.Gitlab(os.environ["SERVER"], private_token=os.environ["TOKEN"])
    server.owner = gitlab.Gitlab(os.environ["SERVER"], private_token=os.environ["OWNER_TOKEN"])
    return server, server.projects.get("meridian/data/drill-assays"), server.groups.get("meridian/data")


def until(check):
    """The simulator's time passes while this waits."""
    for _ in range(200):
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to it")


@family
def server_and_user(server, project, group):
    server.auth()
    assert server.user.username == "maya.lindqvist"
    assert server.version()[0]
    assert server.personal_access_tokens.get("self").active
    assert server.users.list(username="maya.lindqvist")[0].id == server.user.id
    assert server.users.get(2).username == "jonas.petrov" and server.user.status.get() is not None


@family
def projects(server, project, group):
    assert server.projects.list(membership=True, simple=True, order_by="name", sort="asc", per_page=5)
    assert next(iter(server.projects.list(iterator=True, archived=False, owned=False))).id
    made = server.projects.create({"name": "Of python-gitlab", "namespace_id": group.id, "initialize_with_readme": True})
    made.description = "changed"
    made.save()
    made.archive()
    made.unarchive()
    made.delete()
    assert project.forks.create({"path": "fork-of-python-gitlab", "namespace_path": "meridian/platform"}).id


@family
def members(server, project, group):
    assert project.members.list(get_all=True) is not None
    assert project.members_all.list(get_all=True)
    made = project.members.create({"user_id": 5, "access_level": gitlab.const.DEVELOPER_ACCESS})
    assert made.access_level == 30
    made.access_level = gitlab.const.REPORTER_ACCESS
    made.save()
    assert project.members.get(5).access_level == 20 and project.members_all.get(2).access_level == 50
    made.delete()
    assert group.members.list() and group.members_all.list()
    owned = server.owner.groups.get(group.id)
    owned.members.create({"user_id": 5, "access_level": gitlab.const.DEVELOPER_ACCESS}).delete()
    assert project.users.list(search="maya") and project.groups.list() is not None
    project.share(14, gitlab.const.REPORTER_ACCESS)


@family
def groups(server, project, group):
    assert server.groups.list(search="meridian", top_level_only=True)
    assert group.projects.list(include_subgroups=True, archived=False)
    assert group.subgroups.list() is not None
    assert server.groups.get("meridian").descendant_groups.list()
    made = server.owner.groups.create({"name": "Of python-gitlab", "path": "of-python-gitlab", "parent_id": group.id})
    made.description = "changed"
    made.save()
    made.delete()


@family
def namespaces(server, project, group):
    assert server.namespaces.list(search="meridian")
    assert server.namespaces.get(group.id).kind == "group"
    assert server.namespaces.exists("meridian").exists


@family
def pipelines(server, project, group):
    listed = project.pipelines.list(ref="main", status="success", order_by="id", sort="desc", per_page=3)
    one = project.pipelines.get(listed[0].id)
    assert one.variables.list() is not None and one.jobs.list(include_retried=True) and one.bridges.list() is not None
    assert one.test_report.get().total_count >= 0 and one.test_report_summary.get().total
    assert project.pipelines.latest(ref="main").id
    made = project.pipelines.create({"ref": "dev", "variables": [{"key": "WHY", "value": "python-gitlab"}]})
    made.cancel()
    until(lambda: project.pipelines.get(made.id).status == "canceled")
    made.retry()
    made.cancel()
    until(lambda: project.pipelines.get(made.id).status == "canceled")
    server.projects.get(project.id, lazy=True).pipelines.get(made.id).refresh()


@family
def triggers(server, project, group):
    made = project.triggers.create({"description": "of python-gitlab"})
    started = project.trigger_pipeline("main", made.token, variables={"_PIPELINE_FILE_NAME": "full-ci.yml"})
    assert started.id
    made.description = "changed"
    made.save()
    assert project.triggers.list() and project.triggers.get(made.id).description == "changed"
    made.delete()


@family
def schedules(server, project, group):
    every = project.pipelineschedules
    made = every.create({"description": "of python-gitlab", "ref": "main", "cron": "0 6 * * MON-FRI"})
    for cron in ("@daily", "0 6 1 JAN,JUL *"):
        made.cron = cron
        made.save()
    made.variables.create({"key": "WHY", "value": "python-gitlab"})
    made.variables.update("WHY", {"value": "changed"})
    assert every.get(made.id).attributes["variables"][0]["value"] == "changed"
    made.variables.delete("WHY")
    made.take_ownership()
    every.get(made.id).play()
    assert made.pipelines.list() is not None and every.list(scope="active")
    made.delete()


@family
def jobs(server, project, group):
    assert project.jobs.list(scope=["success", "failed"], per_page=5)
    failed = project.jobs.list(scope="failed", per_page=1)[0]
    one = project.jobs.get(failed.id)
    assert one.trace()
    retried = one.retry()
    assert retried["id"] != failed.id
    project.jobs.get(retried["id"]).cancel()
    held = until(lambda: project.jobs.list(scope="manual", per_page=1))[0]
    project.jobs.get(held.id).play()
    project.jobs.get(failed.id).erase()


@family
def artifacts(server, project, group):
    done = next(one for one in project.jobs.list(scope="success", iterator=True) if one.attributes.get("artifacts_file"))
    job = project.jobs.get(done.id)
    assert job.artifacts()[:2] == b"PK"
    assert list(job.artifacts(iterator=True))
    assert project.artifacts.download(ref_name="main", job=done.name)[:2] == b"PK"
    assert b"".join(job.artifact("dataops-reports/index.html", iterator=True))
    assert project.artifacts.raw(ref_name="main", artifact_path="dataops-reports/index.html", job=done.name)
    job.keep_artifacts()
    job.delete_artifacts()


@family
def branches(server, project, group):
    made = project.branches.create({"branch": "of/python-gitlab", "ref": "main"})
    assert project.branches.list(search="python", regex=None) and project.branches.get("of/python-gitlab").can_push
    guard = project.protectedbranches.create({"name": "of/python-gitlab", "push_access_level": 40})
    assert project.protectedbranches.list()
    guard.delete()
    made.delete()


@family
def tags(server, project, group):
    made = project.tags.create({"tag_name": "v-python-gitlab", "ref": "main", "message": "of python-gitlab"})
    assert project.tags.list(order_by="updated", sort="desc") and project.tags.get("v1.0.0").commit
    made.delete()


@family
def commits(server, project, group):
    actions = [{"action": "create", "file_path": "python-gitlab.txt", "content": "one"}]
    wanted = {"branch": "of-commits", "start_branch": "main", "commit_message": "Of python-gitlab", "actions": actions}
    made = project.commits.create(wanted)
    assert project.commits.list(ref_name="of-commits", all=False, with_stats=True, per_page=2)
    assert made.diff() and made.refs("all") and made.merge_requests() is not None and made.statuses.list() is not None
    made.cherry_pick("dev")
    made.revert("of-commits")


@family
def repository(server, project, group):
    assert project.repository_tree(path="dataops", ref="main", recursive=True)
    assert project.repository_compare("dev", "main", straight=False)["commits"] is not None


@family
def files(server, project, group):
    wanted = {"file_path": "of/python gitlab.txt", "branch": "dev", "content": "one", "commit_message": "Add it"}
    made = project.files.create(wanted)
    made.content = base64.b64encode(b"two").decode()
    made.save(branch="dev", commit_message="Change it", encoding="base64")
    assert project.files.get("of/python gitlab.txt", ref="dev").decode() == b"two"
    assert project.files.raw("of/python gitlab.txt", ref="dev") == b"two"
    assert project.files.blame("of/python gitlab.txt", ref="dev")
    assert project.files.head("of/python gitlab.txt", ref="dev")["X-Gitlab-File-Name"]
    made.delete(branch="dev", commit_message="Remove it")


@family
def lint(server, project, group):
    assert project.ci_lint.get(ref="main", dry_run=False).valid is not None
    assert project.ci_lint.create({"content": "test: {script: [echo]}"}).errors is not None


@family
def merge_requests(server, project, group):
    assert server.mergerequests.list(scope="all", state="opened", wip="no") is not None
    assert group.mergerequests.list(state="all", labels=["quality"]) is not None
    project.branches.create({"branch": "of-merge", "ref": "main"})
    project.files.create(
        {"file_path": "of-merge.txt", "branch": "of-merge", "content": "one", "commit_message": "Add it"})
    made = project.mergerequests.create({"source_branch": "of-merge", "target_branch": "main", "title": "Merge it"})
    assert project.mergerequests.list(iids=[made.iid])[0].time_stats()["total_time_spent"] == 0
    made.labels = ["quality"]
    made.save()
    assert made.changes()["changes"] and made.commits()
    assert made.pipelines.list() is not None
    made.notes.create({"body": "of python-gitlab"}).delete()
    assert made.notes.list() is not None
    assert made.approvals.get() is not None
    made.rebase()
    until(lambda: project.mergerequests.get(made.iid).detailed_merge_status == "mergeable")
    other = server.owner.projects.get(project.id).mergerequests.get(made.iid)
    other.approve()
    other.unapprove()
    made.merge(should_remove_source_branch=True)


@family
def issues(server, project, group):
    assert server.issues.list(scope="all", state="opened") and group.issues.list(labels=["quality"])
    made = project.issues.create({"title": "Of python-gitlab", "labels": ["quality"], "confidential": True})
    assert made.attributes["time_stats"]
    note = made.notes.create({"body": "one"})
    note.body = "two"
    note.save()
    assert made.notes.list(order_by="created_at", sort="asc")
    note.delete()
    made.state_event = "close"
    made.save()
    assert project.issues.list(iids=[made.iid], state="closed")
    server.projects.get("meridian/data/drill-assays").issues.get(made.iid)


@family
def variables(server, project, group):
    for holder in (project, server.owner.groups.get("meridian")):
        made = holder.variables.create({"key": "OF_PYTHON_GITLAB", "value": "one", "masked": False, "raw": True})
        made.value = "two"
        made.save()
        assert holder.variables.list() and holder.variables.get("OF_PYTHON_GITLAB").value == "two"
        made.delete()


@family
def environments(server, project, group):
    made = project.environments.create({"name": "of-python-gitlab", "tier": "testing"})
    made.external_url = "https://environments.example/"
    made.save()
    assert project.environments.list(states="available") and project.environments.get(made.id).slug
    made.stop()
    assert project.environments.get(made.id).state == "stopped"
    made.delete()


@family
def deployments(server, project, group):
    sha = project.branches.get("main").commit["id"]
    made = project.deployments.create(
        {"environment": "PROD", "sha": sha, "ref": "main", "tag": False, "status": "running"})
    made.status = "success"
    made.save()
    assert project.deployments.list(environment="PROD", order_by="id", sort="desc") and project.deployments.get(made.id)


@family
def releases(server, project, group):
    made = project.releases.create({"tag_name": "v-of-release", "ref": "main", "name": "Of it", "description": "One"})
    made.name = "Changed"
    made.save()
    assert project.releases.list() and project.releases.get("v-of-release").name == "Changed"
    project.releases.delete("v-of-release")


@family
def packages(server, project, group):
    one = project.packages.list(package_name="ore_quality", order_by="created_at")[0]
    assert one.package_files.list() and group.packages.list(exclude_subgroups=False)
    one.delete()


@family
def search(server, project, group):
    assert server.search("projects", "assays", iterator=False)
    assert group.search("issues", "standard") is not None
    assert project.search("blobs", "select", ref="main")


@family
def access_tokens(server, project, group):
    for holder in (project, server.owner.groups.get("meridian/data")):
        wanted = {"name": "of-python-gitlab", "scopes": ["read_api"], "access_level": 20, "expires_at": soon}
        made = holder.access_tokens.create(wanted)
        assert made.token and holder.access_tokens.list(state="active")
        made.rotate()
        holder.access_tokens.list(state="active")[-1].delete()


@family
def job_tokens(server, project, group):
    job = gitlab.Gitlab(os.environ["SERVER"], job_token=os.environ["JOB_TOKEN"])
    assert job.http_get("/job")["status"] == "running"
    assert job.projects.get(project.id, lazy=True).environments.list()
    scope = project.job_token_scope.get()
    assert scope.inbound_enabled is True
    scope.allowlist.create({"target_project_id": 100})
    assert scope.allowlist.list()
    scope.allowlist.delete(100)
    scope.groups_allowlist.create({"target_group_id": 14})
    assert scope.groups_allowlist.list()
    scope.groups_allowlist.delete(14)
    scope.enabled = True
    scope.save()


@family
def personal_access_tokens(server, project, group):
    assert server.personal_access_tokens.list(state="active", revoked=False)
    own = server.personal_access_tokens.get("self")
    assert server.personal_access_tokens.get(own.id).scopes == ["api"]
    other = next(one for one in server.personal_access_tokens.list(iterator=True) if one.name == "laptop")
    server.personal_access_tokens.rotate(other.id, expires_at=soon)
    assert server.http_get("/personal_access_tokens/self/associations") is not None


@family
def hooks(server, project, group):
    made = project.hooks.create({"url": "https://hooks.example/of", "push_events": True, "token": "of-python-gitlab"})
    made.push_events = False
    made.pipeline_events = True
    made.save()
    assert project.hooks.list() and project.hooks.get(made.id).pipeline_events is True
    made.test("push_events")
    made.delete()


@family
def protected_tags(server, project, group):
    made = project.protectedtags.create({"name": "of-*", "create_access_level": "40"})
    assert project.protectedtags.list() and project.protectedtags.get("of-*").name == "of-*"
    made.delete()


@family
def work_on_issues(server, project, group):
    one, other = project.issues.list(state="opened", order_by="created_at", per_page=2)
    one.time_estimate("3h")
    one.add_spent_time("1h")
    assert project.issues.get(one.iid).time_stats()["total_time_spent"] == 3600
    one.reset_spent_time()
    one.reset_time_estimate()
    one.links.create({"target_project_id": project.id, "target_issue_iid": other.iid})
    one.links.delete(one.links.list()[0].issue_link_id)
    one.awardemojis.create({"name": "thumbsup"}).delete()
    assert one.related_merge_requests() is not None and one.participants() and one.closed_by() is not None
    assert project.issues_statistics.get().statistics["counts"]["all"] > 0
    one.notes.create({"body": "one"}).awardemojis.create({"name": "thumbsup"})
    assert project.issues.get(one.iid).awardemojis.list() is not None
    other.move(102)


@family
def work_on_merge_requests(server, project, group):
    one = project.mergerequests.list(state="opened", source_branch="dev")[0]
    assert one.participants() and one.reviewer_details.list() is not None and one.diffs.list()
    one.draft_notes.create({"note": "of python-gitlab"}).publish()
    one.draft_notes.create({"note": "and another"})
    one.draft_notes.bulk_publish()
    one.time_estimate("30m")
    one.add_spent_time("10m")
    assert project.mergerequests.get(one.iid).time_stats()["total_time_spent"] == 600
    one.reset_spent_time()
    one.awardemojis.create({"name": "tada"})
    assert one.awardemojis.list() and one.closes_issues() is not None and one.related_issues() is not None
    assert one.approval_state.get() is not None


@family
def webhooks(server, project, group):
    hook = project.hooks.create({"url": "https://hooks.example/of-python-gitlab", "pipeline_events": True, "token": "t"})
    hook.job_events = True
    hook.save()
    assert project.hooks.list() and project.hooks.get(hook.id).job_events is True
    hook.test("push_events")
    delivered = server.http_list(f"/projects/{project.id}/hooks/{hook.id}/events")
    server.http_post(f"/projects/{project.id}/hooks/{hook.id}/events/{delivered[0]['id']}/resend")
    server.http_put(f"/projects/{project.id}/hooks/{hook.id}/custom_headers/X-Of", post_data={"value": "one"})
    hook.delete()


@family
def release_links(server, project, group):
    one = project.releases.get("v1.0.0")
    link = one.links.create({"name": "of python-gitlab", "url": "https://notes.example/of-python-gitlab"})
    link.name = "changed"
    link.save()
    assert one.links.get(link.id).name == "changed" and len(one.links.list()) == 2
    link.delete()
    assert server.http_get(f"/projects/{project.id}/releases/permalink/latest")["tag_name"]
    assert server.http_list(f"/groups/{group.id}/releases")


@family
def repository_facts(server, project, group):
    archive = server.http_get(f"/projects/{project.id}/repository/archive", query_data={"format": "zip"}, raw=True)
    assert archive.content[:2] == b"PK"
    blob = next(one for one in project.repository_tree() if one["type"] == "blob")["id"]
    assert project.repository_raw_blob(blob) and project.repository_blob(blob)["size"]
    assert project.repository_contributors() and project.languages()
    assert project.repository_merge_base(["main", "dev"])["id"]
    wanted = {"version": "9.0.0"}
    assert server.http_get(f"/projects/{project.id}/repository/changelog", query_data=wanted)["notes"]
    commit = project.commits.get("main")
    commit.comments.create({"note": "of python-gitlab"})
    assert commit.comments.list() and commit.sequence()["count"]
    commit.statuses.create({"state": "success", "name": "of python-gitlab"})
    project.delete_merged_branches()


@family
def waiting(server, project, group):
    one = project.resource_groups.get("PROD")
    one.process_mode = "newest_first"
    one.save()
    assert project.resource_groups.list() and one.upcoming_jobs.list() is not None
    assert project.forks.list() is not None


@family
def events(server, project, group):
    assert project.events.list(target_type="issue", per_page=5, get_all=False) and server.events.list(get_all=False) is not None
    assert server.users.get(3, lazy=True).events.list(action="pushed")
