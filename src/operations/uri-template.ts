/**
 * URI templates with `{name}` path variables, `{+name}` ones that keep their slashes, and one optional `{?a,b}` query.
 * The SDK's `UriTemplate` does not decode what it matches, wants every query variable present and in order, and
 * compiles its pattern at each match.
 */
export interface UriTemplate {
  template: string;
  variables: readonly string[];
  expand(values: Readonly<Record<string, string | undefined>>): string;
  /** Decoded variables, or undefined when the URI is of another kind. */
  match(uri: string): Record<string, string> | undefined;
}

/** A URI of a thing of this connection. It names the connection where the platform has several. */
export function uriOn({ connection }: { connection?: string }, uri: string): string {
  if (connection === undefined) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}connection=${encodeURIComponent(connection)}`;
}

const cache = new Map<string, UriTemplate>();

export function uriTemplate(template: string): UriTemplate {
  const known = cache.get(template) ?? compile(template);
  cache.set(template, known);
  return known;
}

function compile(template: string): UriTemplate {
  const [path = '', query = ''] = template.split('{?');
  const list = query.replace(/\}$/, '');
  const inPath = [...path.matchAll(/\{\+?(\w+)\}/g)].map(([, name]) => name as string);
  const inQuery = list ? list.split(',') : [];
  const pattern = path
    .split(/(\{\+?\w+\})/)
    .map(part => {
      if (part.startsWith('{+')) return '([^?#]+?)';
      return part.startsWith('{') ? '([^/?#]+)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  const regex = new RegExp(`^${pattern}/?$`);
  return {
    template,
    variables: [...inPath, ...inQuery],
    expand(values) {
      const body = path.replace(/\{(\+?)(\w+)\}/g, (_, slashes: string, name: string) => {
        const encoded = encodeURIComponent(values[name] ?? '');
        return slashes ? encoded.replaceAll('%2F', '/') : encoded;
      });
      const query = inQuery.flatMap(name => {
        const value = values[name];
        return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
      });
      return query.length ? `${body}?${query.join('&')}` : body;
    },
    match(uri) {
      const [body = '', query = ''] = uri.split('?', 2);
      const found = regex.exec(body);
      if (!found) return undefined;
      try {
        const variables: Record<string, string> = {};
        inPath.forEach((name, index) => {
          variables[name] = decodeURIComponent(found[index + 1] ?? '');
        });
        for (const [name, value] of new URLSearchParams(query)) if (inQuery.includes(name)) variables[name] = value;
        return variables;
      } catch {
        return undefined; // a stray %: not one of ours
      }
    },
  };
}
