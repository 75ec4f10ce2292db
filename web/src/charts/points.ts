// Which point is meant, of many on a plane. All in pixels.

/** The nearest point to a place, -1 where none is near. All in pixels. */
export function nearest(at: readonly [number, number][], x: number, y: number, reach: number): number {
    let best = -1;
    let least = reach * reach;
    at.forEach(([px, py], i) => {
        const distance = (px - x) ** 2 + (py - y) ** 2;
        if (distance <= least) {
            least = distance;
            best = i;
        }
    });
    return best;
}

/** The next point in a direction: the nearest one within a quarter turn of it. */
export function towards(at: readonly [number, number][], from: number, dx: number, dy: number): number {
    const [x, y] = at[from] ?? [0, 0];
    let best = from;
    let least = Infinity;
    at.forEach(([px, py], i) => {
        const along = (px - x) * dx + (py - y) * dy;
        const across = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
        if (i !== from && along > 0 && across <= along && along + across < least) {
            least = along + across;
            best = i;
        }
    });
    return best;
}
