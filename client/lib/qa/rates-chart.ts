import {
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type Plugin,
} from 'chart.js';

Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement);

/** A line of the chart: one rate per month. */
export interface RateLine {
  label: string;
  months: readonly (number | null)[];
  mean: boolean;
}

const COLOURS = 8;
/** Lines beyond four change their dash too: not everybody tells eight colours apart. */
const DASHES: readonly number[][] = [[], [6, 3], [2, 3]];

/** Draws the rates of a year. Colours are read from the page, so that they follow its theme; the label of a line stands at its end. */
export function drawRates(canvas: HTMLCanvasElement, months: readonly string[], lines: readonly RateLine[]): () => void {
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const font = { family: style.fontFamily, size: 12 };
  const config: ChartConfiguration<'line', (number | null)[]> = {
    type: 'line',
    data: {
      labels: [...months],
      datasets: lines.map((line, index) => ({
        label: line.label,
        data: [...line.months],
        borderColor: token(line.mean ? '--chart-ref' : `--chart-${(index % COLOURS) + 1}`),
        backgroundColor: token(line.mean ? '--chart-ref' : `--chart-${(index % COLOURS) + 1}`),
        borderDash: line.mean ? [8, 4] : (DASHES[Math.floor(index / 4) % DASHES.length] ?? []),
        borderWidth: line.mean ? 3 : 2,
        pointRadius: line.mean ? 0 : 3,
        pointBorderColor: token('--chart-edge'),
        pointBorderWidth: 1,
        spanGaps: true,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { right: 116, top: 8 } },
      scales: {
        x: { grid: { color: token('--chart-grid') }, ticks: { color: token('--ink-2'), font } },
        y: {
          min: floorOf(lines),
          max: 100,
          grid: { color: token('--chart-grid') },
          ticks: { color: token('--ink-2'), font, callback: (value) => `${value} %` },
        },
      },
    },
    plugins: [directLabels(font, token('--ink'))],
  };
  const chart = new Chart(canvas, config);
  return () => chart.destroy();
}

/** The axis begins at a round rate below the lowest one, so that small differences can be seen. */
function floorOf(lines: readonly RateLine[]): number {
  const lowest = Math.min(100, ...lines.flatMap((line) => line.months.filter((rate) => rate !== null)));
  return Math.max(0, Math.floor((lowest - 5) / 10) * 10);
}

const LABEL_LEAD = 15;

/** Writes each line's name at its last point, moved apart where two would lie on each other. */
function directLabels(font: { family: string; size: number }, ink: string): Plugin<'line'> {
  return {
    id: 'directLabels',
    afterDatasetsDraw(chart) {
      const ends = chart.data.datasets
        .map((dataset, index) => {
          const last = dataset.data.findLastIndex((value) => value !== null);
          const point = chart.getDatasetMeta(index).data[last];
          return { text: dataset.label ?? '', x: point?.x ?? 0, y: point?.y ?? 0, there: last >= 0 };
        })
        .filter((end) => end.there)
        .sort((a, b) => a.y - b.y);
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${font.size}px ${font.family}`;
      ctx.fillStyle = ink;
      ctx.textBaseline = 'middle';
      let above = Number.NEGATIVE_INFINITY;
      for (const end of ends) {
        above = Math.max(end.y, above + LABEL_LEAD, chartArea.top);
        ctx.fillText(end.text, end.x + 8, above);
      }
      ctx.restore();
    },
  };
}
