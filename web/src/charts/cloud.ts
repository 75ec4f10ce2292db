// A map of many things as points on a canvas: colour and shape by group, the nearest one under the pointer with its photo,
// arrow keys from point to point. Light enough for two thousand points without Plotly.
import type { Drawn } from '../ui/card';
import { clear, h } from '../ui/dom';
import { say } from '../ui/tooltip';
import { nearest, towards } from './points';
import { faded, POINTS, theme } from './theme';

export interface CloudPoint {
    x: number;
    y: number;
    /** 0 to 7: colour and shape; 7 stands for all others. */
    series: number;
    title: string;
    group: string;
}

export interface Cloud {
    label: string;
    height: number;
    points: readonly CloudPoint[];
    /** What stands in the box beside the point: its photo. */
    picture(index: number): Node;
    open(index: number): void;
}

const REACH = 18; /* pixels from a point at which it is meant */
const SIZE = 3.5;

type Shape = (typeof POINTS)[number];

function path(context: CanvasRenderingContext2D, shape: Shape, x: number, y: number, r: number): void {
    context.beginPath();
    switch (shape) {
        case 'rect':
            context.rect(x - r, y - r, 2 * r, 2 * r);
            break;
        case 'triangle':
            context.moveTo(x, y - r * 1.2);
            context.lineTo(x + r * 1.1, y + r * 0.8);
            context.lineTo(x - r * 1.1, y + r * 0.8);
            context.closePath();
            break;
        case 'rectRot':
            context.moveTo(x, y - r * 1.3);
            context.lineTo(x + r * 1.3, y);
            context.lineTo(x, y + r * 1.3);
            context.lineTo(x - r * 1.3, y);
            context.closePath();
            break;
        case 'cross':
            context.rect(x - r * 1.3, y - r * 0.4, r * 2.6, r * 0.8);
            context.rect(x - r * 0.4, y - r * 1.3, r * 0.8, r * 2.6);
            break;
        case 'star':
        case 'crossRot':
            for (const turn of [Math.PI / 4, (3 * Math.PI) / 4, ...(shape === 'star' ? [0, Math.PI / 2] : [])]) {
                const [c, s] = [Math.cos(turn) * r * 1.3, Math.sin(turn) * r * 1.3];
                context.moveTo(x - c, y - s);
                context.lineTo(x + c, y + s);
            }
            break;
        default:
            context.arc(x, y, r, 0, 2 * Math.PI);
    }
}

const ARROWS: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};

export function cloud(o: Cloud): Drawn {
    const canvas = h('canvas', null);
    const box = h('div', { class: 'cloud-box', hidden: true });
    const node = h(
        'div',
        {
            class: 'chart cloud',
            tabindex: '0',
            role: 'application',
            'aria-roledescription': 'map',
            'aria-label': o.label,
        },
        canvas,
        box,
    );
    node.style.minHeight = `${o.height / 16}rem`;
    const xs = o.points.map((p) => p.x);
    const ys = o.points.map((p) => p.y);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    let at: [number, number][] = [];
    let marked = -1;

    function draw(): void {
        const colours = theme();
        const { clientWidth: width, clientHeight: height } = node;
        const ratio = devicePixelRatio || 1;
        canvas.width = width * ratio;
        canvas.height = height * ratio;
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
        const context = canvas.getContext('2d');
        if (context === null || width === 0) {
            return;
        }
        const edge = 12;
        const size = (SIZE * colours.size) / 12;
        at = o.points.map((p) => [
            edge + ((p.x - left) / (right - left || 1)) * (width - 2 * edge),
            edge + ((high - p.y) / (high - low || 1)) * (height - 2 * edge),
        ]);
        context.scale(ratio, ratio);
        o.points.forEach((p, i) => {
            const [x, y] = at[i] ?? [0, 0];
            const colour = colours.series[p.series] ?? colours.ghost;
            const shape = p.series === 7 ? 'circle' : (POINTS[p.series] ?? 'circle');
            path(context, shape, x, y, size);
            context.fillStyle = faded(colour, 0.55);
            context.strokeStyle = colour;
            context.lineWidth = shape === 'star' || shape === 'crossRot' ? 1.5 : 0.75;
            if (p.series !== 7) {
                context.fill();
            }
            context.stroke();
        });
        const mark = at[marked];
        if (mark !== undefined) {
            context.beginPath();
            context.arc(mark[0], mark[1], size * 2.2, 0, 2 * Math.PI);
            context.strokeStyle = colours.ink;
            context.lineWidth = 2;
            context.stroke();
        }
    }

    function point(index: number, aloud: boolean): void {
        if (index === marked) {
            return;
        }
        marked = index;
        draw();
        const p = o.points[index];
        const place = at[index];
        if (p === undefined || place === undefined) {
            box.hidden = true;
            return;
        }
        clear(
            box,
            o.picture(index),
            h('span', { class: 'cloud-title', dir: 'auto' }, p.title),
            h('span', { class: 'muted' }, p.group),
        );
        box.hidden = false;
        const side =
            place[0] + 16 + box.offsetWidth > node.clientWidth ? place[0] - 16 - box.offsetWidth : place[0] + 16;
        box.style.left = `${Math.max(0, side)}px`;
        box.style.top = `${Math.max(0, Math.min(place[1] - box.offsetHeight / 2, node.clientHeight - box.offsetHeight))}px`;
        if (aloud) {
            say(`${p.title}, ${p.group}`);
        }
    }

    function under(event: PointerEvent | MouseEvent): number {
        const frame = canvas.getBoundingClientRect();
        return nearest(at, event.clientX - frame.left, event.clientY - frame.top, REACH);
    }

    node.addEventListener('pointermove', (event) => {
        const index = under(event);
        node.style.cursor = index >= 0 ? 'pointer' : '';
        point(index, false);
    });
    node.addEventListener('pointerleave', () => point(-1, false));
    node.addEventListener('click', (event) => {
        const index = under(event);
        if (index >= 0) {
            o.open(index);
        }
    });
    node.addEventListener('keydown', (event) => {
        const way = ARROWS[event.key];
        if (way !== undefined) {
            event.preventDefault();
            point(marked < 0 ? 0 : towards(at, marked, way[0], way[1]), true);
        } else if (event.key === 'Enter' && marked >= 0) {
            o.open(marked);
        }
    });
    const watcher = new ResizeObserver(() => draw());
    watcher.observe(node);
    return { node, destroy: () => watcher.disconnect() };
}
