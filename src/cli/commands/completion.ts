import { loadManifest } from '../../server/manifest.ts';
import { print, type Terminal } from '../terminal.ts';

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

interface Words {
  commands: readonly string[];
  options: readonly string[];
}

/** Prints a script that completes commands, options and, after `call`, tools. It names them all: nothing is run by it. */
export async function completion(shell: Shell, words: Words, { stdout }: Pick<Terminal, 'stdout'>): Promise<0> {
  const { general, platforms } = await loadManifest();
  const operations = Object.values(platforms).flatMap(platform => platform.operations);
  const tools = [...general.filter(({ forPages }) => !forPages), ...operations].map(({ name }) => name).sort();
  print(stdout, scripts[shell]({ ...words, tools }));
  return 0;
}

type Known = Words & { tools: readonly string[] };

const name = 'data-platforms-mcp';

const bash = ({
  commands,
  options,
  tools,
}: Known) => `# ${name} completion bash > ~/.local/share/bash-completion/completions/${name}
_data_platforms_mcp() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="${commands.join(' ')}"
  if [[ "\${COMP_WORDS[1]}" == call ]]; then words="${tools.join(' ')}"
  elif (( COMP_CWORD > 1 )); then words=""; fi
  if [[ "$current" == -* ]]; then words="${options.join(' ')}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _data_platforms_mcp ${name}`;

const scripts: Record<Shell, (known: Known) => string> = {
  bash,
  zsh: known => `# Add to ~/.zshrc: source <(${name} completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(known)}`,
  fish: ({ commands, options, tools }) => `# ${name} completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -n __fish_use_subcommand -f -a '${commands.join(' ')}'
complete -c ${name} -n '__fish_seen_subcommand_from call' -f -a '${tools.join(' ')}'
${options.map(option => `complete -c ${name} -l ${option.slice(2)}`).join('\n')}`,
  powershell: ({
    commands,
    options,
    tools,
  }) => `# Add to $PROFILE: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${name} -ScriptBlock {
  param($word, $line, $position)
  $given = @($line.CommandElements | ForEach-Object { $_.ToString() })
  $words = if ($word.StartsWith('-')) { '${options.join(' ')}' }
    elseif ($given.Count -gt 1 -and $given[1] -eq 'call') { '${tools.join(' ')}' }
    else { '${commands.join(' ')}' }
  $words.Split(' ') | Where-Object { $_ -like "$word*" }
}`,
};
