// Where the names of marks stand so that they touch neither each other nor the names in the corners, and cover few marks.

export interface LabelAt {
    /** From the mark to the edge of the words, in pixels. */
    dx: number;
    dy: number;
    /** Which edge that is. */
    anchor: 'left' | 'right';
}

interface Box {
    left: number;
    right: number;
    top: number;
    bottom: number;
}

const overlaps = (a: Box, b: Box): boolean =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const inside = (p: { x: number; y: number }, b: Box): boolean =>
    p.x > b.left - 4 && p.x < b.right + 4 && p.y > b.top - 4 && p.y < b.bottom + 4;

/** Tried in this order: near and above first. */
const STEPS: readonly [number, number][] = [18, 34, 60, 90].flatMap((far): [number, number][] => [
    [far, -far],
    [-far, -far],
    [far, far],
    [-far, far],
    [far, -far * 0.4],
    [-far, -far * 0.4],
    [far, far * 0.4],
    [-far, far * 0.4],
]);

export function placeLabels(
    wanted: readonly { x: number; y: number; width: number; height: number }[],
    marks: readonly { x: number; y: number }[],
    area: { width: number; height: number; corner: { width: number; height: number } },
): LabelAt[] {
    const { corner } = area;
    const taken: Box[] = [0, area.width - corner.width].flatMap((left) =>
        [0, area.height - corner.height].map((top) => ({
            left,
            right: left + corner.width,
            top,
            bottom: top + corner.height,
        })),
    );
    return wanted.map((w) => {
        let best: LabelAt = { dx: 18, dy: -18, anchor: 'left' };
        let least = Infinity;
        let at: Box | null = null;
        for (const [dx, dy] of STEPS) {
            const right = dx > 0;
            const left = right ? w.x + dx : w.x + dx - w.width;
            const box = { left, right: left + w.width, top: w.y + dy - w.height / 2, bottom: w.y + dy + w.height / 2 };
            const out = box.left < 0 || box.right > area.width || box.top < 0 || box.bottom > area.height;
            const cost =
                (out ? 1000 : 0) +
                taken.filter((t) => overlaps(t, box)).length * 100 +
                marks.filter((m) => inside(m, box)).length * 10 +
                Math.hypot(dx, dy) / 20;
            if (cost < least) {
                least = cost;
                best = { dx, dy, anchor: right ? 'left' : 'right' };
                at = box;
            }
        }
        if (at !== null) {
            taken.push(at);
        }
        return best;
    });
}
