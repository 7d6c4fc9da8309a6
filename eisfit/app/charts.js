// The figures of the app: they follow the size of the window, are linked, and follow a slider.
// Public functions of plotly.js alone are used.

// The point under the mouse is marked in the other figures too.
function hover(event, charts) {
  const point = event.points[0];
  if (point.customdata === undefined) return;
  for (const chart of charts) {
    const element = document.getElementById(chart);
    if (!element || !element.data) continue;
    const hits = [];
    element.data.forEach((trace, curve) => {
      if (trace.meta !== point.data.meta || !trace.customdata) return;
      const at = trace.customdata.indexOf(point.customdata);
      if (at >= 0) hits.push({curveNumber: curve, pointNumber: at});
    });
    if (element === event.event.target.closest('.js-plotly-plot')) continue;
    const plots = [...new Set(element.data.map((t) => (t.xaxis || 'x') + (t.yaxis || 'y')))];
    if (hits.length && window.eisfitPlotly) window.eisfitPlotly.Fx.hover(element, hits, plots);
  }
}

// While a slider moves, the newest curves are drawn once a frame, without the rest of the figure;
// once it rests, the figure is drawn with its axes.
const waiting = {}, resting = {};
function move(id, first, xs, ys) {
  const traces = xs.map((_, k) => first + k);
  const draw = (how) => {
    const chart = document.getElementById(id);  // another figure may stand there by now
    if (chart && chart.data && chart.data.length === first + xs.length) how(chart);
  };
  if (!(id in waiting)) requestAnimationFrame(() => { waiting[id](); delete waiting[id]; });
  waiting[id] = () => draw((chart) => window.eisfitPlotly.animate(
    chart, {data: xs.map((x, k) => ({x, y: ys[k]})), traces},
    {mode: 'immediate', transition: {duration: 0}, frame: {duration: 0, redraw: false}}));
  clearTimeout(resting[id]);
  resting[id] = setTimeout(() => draw((chart) => window.eisfitPlotly.restyle(
    chart, {x: xs, y: ys}, traces)), 150);
}

import('nicegui-plotly').then((module) => {
  window.eisfitPlotly = module.Plotly;
  const resized = new ResizeObserver((entries) => entries.forEach(({target}) => {
    if (target.offsetParent && target.data) module.Plotly.Plots.resize(target);
  }));
  document.querySelectorAll('.js-plotly-plot').forEach((chart) => resized.observe(chart));
  window.eisfitMove = move;
  window.eisfitHover = hover;
  new MutationObserver(() => document.querySelectorAll('.js-plotly-plot').forEach(
    (chart) => resized.observe(chart))).observe(document.body, {childList: true, subtree: true});
});

// A table that is wider than the window scrolls, so that the keyboard must reach it.
function focusTables() {
  document.querySelectorAll('.q-table__middle:not([tabindex])').forEach((table) => {
    table.tabIndex = 0;
  });
}
focusTables();
new MutationObserver(focusTables).observe(document.body, {childList: true, subtree: true});
