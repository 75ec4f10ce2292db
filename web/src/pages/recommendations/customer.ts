// A customer as the panel shows one: who they are, what they did, what they would see and why.
import { userPath, type User } from '../../data/answers';
import type { Context } from '../../ui/card';
import { clear, h } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { thing } from '../../ui/thing';
import { deed, latest, seenBy, seenList, themeKey } from './list';
import { partsOf } from './reasons';

const EVENTS = 8;

export async function customerView(box: HTMLElement, user: string, context: Context): Promise<void> {
    if (!context.meta.names && !context.meta.sample?.includes(user)) {
        clear(box, h('p', { class: 'note' }, 'Who only looks sees no customers.'));
        return;
    }
    let person: User | null = null;
    try {
        person = await context.source.get<User>(userPath(user), {});
    } catch {
        person = null; // a guest, or a report: the list is there all the same
    }
    const seen = await seenBy(context, user);
    const facts = [person?.region, person?.age_band, person?.segment].filter(Boolean).join(' · ');
    const recent = latest(seen.events, EVENTS);
    const parts = seen.rows.map(partsOf);
    clear(
        box,
        h(
            'p',
            { class: 'seen-user' },
            person?.tier === 'premium' && h('span', { class: 'tag premium' }, icon('gem'), 'premium'),
            h(
                'span',
                { class: 'muted' },
                facts || (seen.events.length === 0 ? 'Nothing is known of this customer yet.' : ''),
            ),
        ),
        recent.length > 0 && h('h3', null, `What they did last, of ${seen.events.length} that speak`),
        ...recent.map((e) => thing(context, e.item, e.title, deed(e))),
        h('h3', null, 'What they would see now, and why'),
        themeKey(parts),
        seenList(context, seen),
        seen.model === null && h('p', { class: 'note' }, 'No model answers yet: what sells stands here.'),
    );
}
