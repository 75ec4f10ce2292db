// The pages in the order of the side bar and of the keys 1 to 6.
import { customers } from './customers/customers';
import { overview } from './overview/overview';
import type { Page } from './page';
import { products } from './products/products';
import { recommendations } from './recommendations/recommendations';
import { sales } from './sales/sales';
import { trends } from './trends/trends';

export const PAGES: readonly Page[] = [overview, sales, customers, products, trends, recommendations];
