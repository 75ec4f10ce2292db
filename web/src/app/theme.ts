// Palette (autumn or spring) and light or dark, kept on this machine; light or dark follows the system until chosen.
type Palette = 'autumn' | 'spring';
type Mode = 'light' | 'dark';

const listeners: (() => void)[] = [];
const dark = matchMedia('(prefers-color-scheme: dark)');

function kept(name: string): string | null {
    try {
        return localStorage.getItem(`vitrine-${name}`);
    } catch {
        return null; // a page from disk or a strict browser keeps nothing
    }
}

function keep(name: string, value: string): void {
    try {
        localStorage.setItem(`vitrine-${name}`, value);
    } catch {
        // the choice holds for this visit
    }
}

let palette: Palette = kept('palette') === 'spring' ? 'spring' : 'autumn';
let mode: Mode | null = kept('mode') === 'dark' ? 'dark' : kept('mode') === 'light' ? 'light' : null;

export function currentPalette(): Palette {
    return palette;
}

export function currentMode(): Mode {
    return mode ?? (dark.matches ? 'dark' : 'light');
}

function apply(): void {
    document.documentElement.dataset.palette = palette;
    document.documentElement.dataset.mode = currentMode();
    for (const listener of listeners) {
        listener();
    }
}

export function setPalette(next: Palette): void {
    palette = next;
    keep('palette', next);
    apply();
}

export function setMode(next: Mode): void {
    mode = next;
    keep('mode', next);
    apply();
}

export function onTheme(listener: () => void): void {
    listeners.push(listener);
}

export function startTheme(): void {
    dark.addEventListener('change', apply);
    apply();
}
