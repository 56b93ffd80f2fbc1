// A report as Markdown.

import { type ReportBlock, type ReportInput, reportBlocks } from './report.ts'
import { markdownText } from './shown-text.ts'
import { timelineText } from './timeline-text.ts'

export function markdownReport(inputs: readonly ReportInput[]): string {
  return `${reportBlocks(inputs).map(blockText).join('\n\n')}\n`
}

function blockText(block: ReportBlock): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${markdownText(block.text)}`
    case 'verdict':
      return `**${block.holds ? '✓' : '✕'} ${markdownText(block.text)}**`
    case 'text':
      return markdownText(block.text)
    case 'command':
      return `\`${block.text.replaceAll('`', '')}\``
    case 'timeline':
      return `\`\`\`text\n${timelineText(block.score).replaceAll('`', "'")}\n\`\`\``
    case 'table':
      return [block.head, block.head.map(() => '---'), ...block.rows.map((row) => row.map(markdownText))]
        .map((cells) => `| ${cells.join(' | ')} |`)
        .join('\n')
    default:
      return block satisfies never
  }
}
