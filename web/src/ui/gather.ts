// The answers that a part of a page is drawn from. It is drawn when those are there that it needs; where one that it only
// says more with takes longer, once more when that one has come.
import type { Doc } from '../data/document';
import { request, type RequestName } from '../data/source';
import type { Context, Docs } from './card';

const PATIENCE = 100; /* ms that a part waits for what it could be drawn without */

export interface Needy {
    needs: readonly RequestName[];
    wants?: readonly RequestName[];
}

/** Calls `draw` once or twice, `late` as long as another answer is to come; throws where one that is needed fails. */
export async function gather(
    part: Needy,
    context: Context,
    signal: AbortSignal,
    draw: (docs: Docs, late: boolean) => void | Promise<void>,
): Promise<void> {
    const docs = {} as Docs;
    const get = async (name: RequestName): Promise<void> => {
        const { path, params } = request(name, context.controls);
        docs[name] = await context.source.get<Doc>(path, params, signal);
    };
    const wants = Promise.all((part.wants ?? []).map((name) => get(name).catch(() => undefined)));
    await Promise.all(part.needs.map(get));
    const patience = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE, true));
    const late = part.wants !== undefined && (await Promise.race([wants.then(() => false), patience]));
    await draw(docs, late);
    if (late) {
        await wants;
        await draw(docs, false);
    }
}
