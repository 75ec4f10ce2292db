// The pages in the order of the side bar and of the keys 1 to 6.
import { overview } from './overview/overview';
import type { Page } from './page';
import { sales } from './sales/sales';

export const PAGES: readonly Page[] = [overview, sales];
