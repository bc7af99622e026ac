/** ECharts options of a chart: house colours in their fixed meaning, exact numbers on hover. */

import type { EChartsCoreOption } from 'echarts/core'
import { type ChartModel, written } from './model'

type Token = (name: string) => string
/** Shares below it are drawn as high as they go: 10 % is no flat line on a scale to 100 %. */
const HALF = 0.5
const TONES = ['now', 'bot', 'people', 'buyer', 'other', 'before']

export function optionsOf(chart: ChartModel, token: Token, isNarrow: boolean, size = 12): EChartsCoreOption {
  // The widths of labels are measured before they are drawn, so the font has to be named; `inherit` is none.
  const ink = { color: token('--hint'), fontFamily: token('--font'), fontSize: size }
  const tooltip = {
    backgroundColor: token('--panel'),
    borderColor: token('--line'),
    textStyle: { color: token('--ink') },
    confine: true,
  }
  if (chart.kind === 'heat') return heat(chart, token, ink, tooltip, isNarrow)
  if (chart.kind === 'funnel') return funnel(chart, token, tooltip, isNarrow)
  const isBar = chart.kind === 'bar'
  const series = (chart.series ?? []).map((line, place) => {
    const color = token(`--chart-${line.tone || TONES[place % TONES.length]}`)
    return {
      name: line.name,
      type: chart.kind === 'line' ? 'line' : 'bar',
      stack: chart.kind === 'stack' ? 'all' : undefined,
      data: line.values,
      color,
      symbol: line.values.length > 40 ? 'none' : 'circle',
      symbolSize: size > 12 ? 8 : 5,
      connectNulls: false,
      barMaxWidth: 26,
      lineStyle: { width: size > 12 ? 3 : 2, type: line.tone === 'before' ? 'dashed' : 'solid' },
      itemStyle: { borderRadius: chart.kind === 'line' || chart.kind === 'stack' ? 0 : isBar ? [0, 3, 3, 0] : 3 },
    }
  })
  const names = {
    type: 'category',
    data: chart.x ?? [],
    inverse: isBar,
    axisLabel: { ...ink, width: isBar ? (isNarrow ? 92 : 150) : undefined, overflow: 'truncate' },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: token('--line') } },
  }
  const highest = Math.max(0, ...(chart.series ?? []).flatMap((line) => line.values.map((value) => value ?? 0)))
  const values = {
    type: 'value',
    min: chart.show === 'score' ? ({ min }: { min: number }) => Math.max(0, Math.floor(min / 10) * 10 - 10) : 0,
    minInterval: ['ratio', 'yuan', 'seconds', 'hours', 'score'].includes(chart.show ?? '') ? undefined : 1,
    max: chart.show === 'score' ? 100 : chart.show === 'ratio' && highest > HALF ? 1 : undefined,
    axisLabel: { ...ink, hideOverlap: true, formatter: (value: number) => written(value, chart.show) },
    splitLine: { lineStyle: { color: token('--line') } },
  }
  const many = series.length > 1
  return {
    animation: false,
    grid: { left: 8, right: 16, top: many ? 24 + size : 12, bottom: 4, containLabel: true },
    legend: many ? { top: 0, left: 0, textStyle: ink, itemWidth: 14, itemHeight: 8, type: 'scroll' } : undefined,
    tooltip: {
      ...tooltip,
      trigger: 'axis',
      axisPointer: { type: isBar ? 'shadow' : 'line' },
      valueFormatter: (value: unknown) => `${written(value, chart.show)}${unit(chart)}`,
    },
    xAxis: isBar ? values : names,
    yAxis: isBar ? names : values,
    series,
  }
}

function unit(chart: ChartModel): string {
  return chart.unit && !['ratio', 'yuan', 'seconds'].includes(chart.show ?? '') ? ` ${chart.unit}` : ''
}

function heat(chart: ChartModel, token: Token, ink: object, tooltip: object, isNarrow: boolean): EChartsCoreOption {
  const cells = chart.cells ?? []
  const most = Math.max(1, ...cells.map((cell) => cell[2]))
  const x = chart.x ?? []
  const y = chart.y ?? []
  return {
    animation: false,
    grid: { left: 8, right: 8, top: 4, bottom: 40, containLabel: true },
    tooltip: {
      ...tooltip,
      formatter: ({ value }: { value: [number, number, number] }) =>
        `${y[value[1]]} · ${x[value[0]]}<br><b>${written(value[2])}${unit(chart)}</b>`,
    },
    xAxis: {
      type: 'category',
      data: x,
      axisLabel: { ...ink, interval: x.length > 16 ? 2 : 0, rotate: x.length <= 16 && (isNarrow || x.length > 8) ? 40 : 0 },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    yAxis: {
      type: 'category',
      data: y,
      inverse: true,
      axisLabel: { ...ink, width: isNarrow ? 84 : 160, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    visualMap: {
      min: 0,
      max: most,
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemHeight: 90,
      itemWidth: 10,
      textStyle: ink,
      text: [written(most), '0'],
      inRange: { color: [token('--hover'), token('--chart-people'), token('--chart-now')] },
    },
    series: [
      {
        type: 'heatmap',
        data: cells,
        itemStyle: { borderColor: token('--panel'), borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: token('--ink'), borderWidth: 1 } },
      },
    ],
  }
}

function funnel(chart: ChartModel, token: Token, tooltip: object, isNarrow: boolean): EChartsCoreOption {
  const values = chart.series?.[0]?.values ?? []
  const first = values[0] || 1
  const tones = ['--chart-buyer', '--chart-buyer', '--chart-bot', '--chart-people', '--chart-good', '--chart-good']
  return {
    animation: false,
    tooltip: { ...tooltip, formatter: ({ name, value }: { name: string; value: number }) => `${name}：${written(value)}${unit(chart)}` },
    series: [
      {
        type: 'funnel',
        sort: 'none',
        top: 8,
        bottom: 8,
        left: isNarrow ? 0 : '4%',
        width: isNarrow ? '50%' : '64%',
        minSize: '6%',
        gap: 3,
        data: (chart.x ?? []).map((name, place) => ({
          name,
          value: values[place],
          itemStyle: { color: token(tones[place] ?? '--chart-buyer'), borderWidth: 0 },
        })),
        label: {
          position: 'right',
          color: token('--ink-2'),
          fontFamily: token('--font'),
          formatter: ({ name, value }: { name: string; value: number }) =>
            `${name}  ${written(value)}（${written(value / first, 'ratio')}）`,
        },
        labelLine: { length: isNarrow ? 4 : 12, lineStyle: { color: token('--line') } },
      },
    ],
  }
}
