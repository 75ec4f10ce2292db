// The part of Plotly that the page draws with: no trace that compiles code at run time is in it.
// @ts-expect-error the parts of the package have no types
import Plotly from 'plotly.js/lib/core';
// @ts-expect-error as above
import heatmap from 'plotly.js/lib/heatmap';

Plotly.register([heatmap]);

export default Plotly as object;
