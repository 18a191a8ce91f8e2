import outcomes from '../test/clients/outcomes.json' with { type: 'json' };
import platformClients from '../test/clients/platforms/outcomes.json' with { type: 'json' };

/** What clients of the platforms came to with the simulators. */
export function platformClientTable(): string {
  const rows = platformClients.map(({ client, platform, outcome }) => `| ${client} | ${platform} | ${outcome} |`);
  return ['| client | of | outcome |', '| --- | --- | --- |', ...rows].join('\n');
}

type Outcome = Readonly<Record<string, string>>;

const titles: Readonly<Record<string, string>> = {
  list: 'tools',
  call: 'calls',
  ids: 'ids as shown',
  error: 'errors',
  run: 'long runs',
  progress: 'progress',
  picture: 'pictures',
  question: 'questions',
  resource: 'resources',
};

/** What frameworks of other people came to with this server, as `test/clients` tried them. */
export function clientTable(): string {
  const rows = Object.entries(outcomes as Record<string, Record<string, Outcome>>).map(([client, byTransport]) => {
    const [language = '', name = ''] = client.split(' ');
    const languages = { js: 'TypeScript', python: 'Python' }[language] ?? language;
    const parts = Object.entries(byTransport);
    const cells = Object.keys(titles).map(step => cellOf(parts.map(([, outcome]) => outcome[step] ?? 'no')));
    return `| ${name} | ${languages} | ${parts.map(([transport]) => transport).join(', ')} | ${cells.join(' | ')} |`;
  });
  const head = ['client', 'language', 'tried over', ...Object.values(titles)];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...rows].join('\n');
}

/** One word where all transports have it, what differs otherwise. */
function cellOf(found: readonly string[]): string {
  return [...new Set(found)]
    .map(text => (text === 'works' ? 'yes' : text.replace('not offered by the client', '–')))
    .join('; ');
}
