// A report as one HTML page that needs nothing beside itself: no script, no request, no file.

import { type ReportBlock, type ReportInput, reportBlocks } from './report.ts'
import { htmlText } from './shown-text.ts'
import { timelineSvg } from './timeline-svg.ts'

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #5b6570; --rule: #d5dae0; --came: #6f8fb3;
  --good: #1a7f37; --bad: #b42318; --budget: #dfe8d8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #15191d; --faint: #9aa5b1; --rule: #353c44;
  --came: #7ea3cc; --good: #57c272; --bad: #ff7b72; --budget: #2c3a2c; } }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1.5rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: 2.2rem 0 0.6rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; }
.verdict { font-size: 1.25rem; font-weight: 600; padding: 0.5rem 0.9rem; border-left: 0.4rem solid var(--bad); color: var(--bad); }
.verdict.holds { border-color: var(--good); color: var(--good); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.7rem 0.4rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere; min-width: 5rem; }
th { color: var(--faint); font-weight: 600; overflow-wrap: normal; }
code { background: var(--rule); padding: 0.15rem 0.4rem; border-radius: 0.25rem; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; margin: 1rem 0; font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .name, svg .clock { fill: var(--faint); }
svg .ground { stroke: var(--rule); } svg .axis { stroke: var(--faint); }
svg .came { fill: var(--came); } svg .budget { fill: var(--budget); } svg .step { fill: var(--ink); }
svg .held { fill: var(--good); } svg .broken { fill: var(--bad); }
svg .missed { stroke: var(--bad); stroke-width: 3; fill: none; }
@media print { body { margin: 0; max-width: none; } h2, svg, tr { break-inside: avoid; } }
`

export function htmlReport(inputs: readonly ReportInput[]): string {
  const blocks = reportBlocks(inputs)
  const title = blocks.find((block) => block.kind === 'heading')?.text ?? 'Exercise'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${blocks.map(blockHtml).join('\n')}
</main>
</body>
</html>
`
}

function blockHtml(block: ReportBlock): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${htmlText(block.text)}</h${block.level}>`
    case 'verdict':
      return `<p class="verdict${block.holds ? ' holds' : ''}">${block.holds ? '✓' : '✕'} ${htmlText(block.text)}</p>`
    case 'text':
      return `<p>${htmlText(block.text)}</p>`
    case 'command':
      return `<p><code>${htmlText(block.text)}</code></p>`
    case 'timeline':
      return timelineSvg(block.score)
    case 'table':
      return tableHtml(block.head, block.rows)
    default:
      return block satisfies never
  }
}

function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${htmlText(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="wide"><table><thead>${line('th', head)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table></div>`
}
