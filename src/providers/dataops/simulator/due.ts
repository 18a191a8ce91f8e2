import { nextMoment } from './cron.ts';
import { createPipeline } from './runs.ts';
import type { Project, Schedule, World } from './world.ts';

/** Starts what was due since the last look, each at its own time. */
export function fireSchedules(world: World, project: Project): void {
  for (const schedule of project.parts?.schedules ?? []) {
    while (schedule.active && schedule.nextRunAt <= world.now()) {
      const at = schedule.nextRunAt;
      fire(world, project, schedule, at);
      schedule.nextRunAt = nextMoment(schedule.cron, schedule.timezone, at) ?? Number.MAX_SAFE_INTEGER;
    }
  }
}

/** Starts the pipeline of a schedule, with its owner's rights. */
export function fire(world: World, project: Project, schedule: Schedule, createdAt: number): void {
  const { repository } = world.partsOf(project);
  const named = schedule.variables.find(({ key }) => key === '_PIPELINE_FILE_NAME')?.value;
  const file = named ?? String(project.settings['ci_config_path'] ?? 'full-ci.yml');
  const commit = repository.find(schedule.ref);
  if (!commit) return;
  const { ref, ownerId: userId, variables } = schedule;
  const wanted = { ref, userId, variables: [...variables], sha: commit.sha, source: 'schedule', file, createdAt };
  schedule.pipelines.push(createPipeline(world, project, wanted));
}
