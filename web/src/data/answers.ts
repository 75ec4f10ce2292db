// The answers of the interface that pages read besides insight, by the types that are made from the OpenAPI document.
import type { components } from './api';

type Schemas = components['schemas'];

export type List = Schemas['List'];
export type ListRow = List['items'][number];
export type ScorePart = NonNullable<ListRow['parts']>[number];
export type Found = Schemas['Found'];
export type Why = Schemas['Why'];
export type PastEvent = NonNullable<Why['events']>[number];
export type Item = Schemas['Item'];
export type Items = Schemas['Items'];
export type User = Schemas['User'];
export type Rule = Schemas['Rule'];
export type Rules = Schemas['Rules'];
export type Preview = Schemas['Preview'];
export type Result = Schemas['Result'];
export type ItemMap = Schemas['Map'];
export type Weights = Schemas['Weights'];
export type Models = Schemas['Models'];

/** The path of a thing: ids are the shop's own and may hold anything. */
export function itemPath(id: string, rest = ''): string {
    return `items/${encodeURIComponent(id)}${rest}`;
}

export function userPath(id: string, rest = ''): string {
    return `users/${encodeURIComponent(id)}${rest}`;
}
