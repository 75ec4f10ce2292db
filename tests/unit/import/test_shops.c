/* Exports of Shopify and WooCommerce: products, variants, orders, discounts. */
#include "importing.h"

static void shopify_products(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "shopify", importing_data("shopify/products.csv"));
    assert_int_equal(t.report.rows, 9);
    assert_string_equal(t.report.note, "Shopify products");
    check_counts(t.report.items, 5, 0, 0);
    assert_int_equal(t.n_rejects, 2);
    check_reject(&t, 0, 9, "amount is no amount", "\"Variant Price\" is \"cheap\"");
    check_reject(&t, 1, 10, "id missing", "the handle is missing");
    assert_string_equal(
        importing_text(&t, "items"),
        "TEA-1: title=Green Tea description=Fresh.\nFine & mild brand=Leaf category=Food > Tea"
        " attributes={\"handle\":\"tea\",\"tags\":[\"green\",\"organic\"],\"options\":{}} image=https://x/tea.jpg"
        " price=450 cost=200 stock=12 until=253402300800\n"
        "S-RED-M: title=Shirt - Red / M description=Soft brand=Weave category=Apparel"
        " attributes={\"handle\":\"shirt\",\"options\":{\"Color\":\"Red\",\"Size\":\"M\"}} image=https://x/red.jpg"
        " image=https://x/s1.jpg image=https://x/s2.jpg image=https://x/s3.jpg price=2000 stock=3 until=253402300800\n"
        "S-BLUE-L: title=Shirt - Blue / L description=Soft brand=Weave category=Apparel"
        " attributes={\"handle\":\"shirt\",\"options\":{\"Color\":\"Blue\",\"Size\":\"L\"}} image=https://x/s1.jpg"
        " image=https://x/s2.jpg image=https://x/s3.jpg price=2200 stock=0 until=253402300800\n"
        "mug: title=Blue Mug brand=Clay category=Cups attributes={\"handle\":\"mug\",\"options\":{}} price=800"
        " stock=9 until=0\n"
        "card: title=Gift Card brand=Leaf attributes={\"handle\":\"card\",\"options\":{}} price=1000"
        " until=253402300800\n");
    importing_done(&t);
}

static void shopify_orders(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    /* products are read first although they come last */
    const char *orders = importing_data("shopify/orders.csv");
    const char *products = importing_data("shopify/products.csv");
    importing_run(&t, "shopify", orders, products);
    assert_string_equal(t.report.note, "Shopify products; Shopify orders");
    assert_int_equal(t.report.rows, 18);
    assert_int_equal(t.n_rejects, 4);
    check_reject(&t, 2, 9, "time is no time", "\"Created at\" is \"yesterday\"");
    check_reject(&t, 3, 10, "not a whole number", "\"Lineitem quantity\" is \"some\"");
    /* 1.00 off 29.00 is .31 of 9.00 and the rest of 20.00; a mug without SKU is known by its name */
    assert_string_equal(importing_text(&t, "events"),
                        "ann@x.org purchase TEA-1 time=1672650000 quantity=2 price=450 discount=31 order=#1001\n"
                        "ann@x.org purchase S-RED-M time=1672650000 quantity=1 price=2000 discount=69 order=#1001\n"
                        "session #1002 purchase mug time=1672736400 quantity=1 price=800 discount=0 order=#1002\n"
                        "bob@x.org purchase S-BLUE-L time=1672822800 quantity=1 price=2200 discount=200 order=#1003\n"
                        "bob@x.org return S-BLUE-L time=1672822800 quantity=1 price=2200 discount=200 order=#1003\n"
                        "bob@x.org purchase TEA-1 time=1672909200 quantity=1 price=450 discount=0 order=#1004"
                        " cancelled\n"
                        "bob@x.org purchase TEA-1 time=1672995600 quantity=1 price=450 discount=0 order=#1005\n"
                        "bob@x.org purchase TEA-1 time=1672995600 quantity=1 price=450 discount=0 order=#1005\n");
    assert_string_equal(importing_text(&t, "users"), "ann@x.org: region=DE\nbob@x.org: region=AT\n");
    char *before = importing_whole(&t);
    importing_run(&t, "shopify", orders, products);
    check_counts(t.report.events, 0, 0, 8);
    check_counts(t.report.items, 0, 0, 5);
    check_counts(t.report.users, 0, 0, 2);
    char *after = importing_whole(&t);
    assert_string_equal(before, after);
    free(before);
    free(after);
    importing_done(&t);
}

static void an_order_line_without_sku_is_known_by_its_name(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, products, "p.csv", "Handle,Title,Variant Price\nblue-mug,Blue Mug,8\n");
    importing_file(&t, orders, "o.csv",
                   "Name,Email,Lineitem name,Lineitem quantity\n#1,a,Blue Mug - Small,1\n#2,a,Blue Mug,1\n"
                   "#3,a,Red Mug - Small,1\n");
    importing_run(&t, "shopify", products);
    importing_run(&t, "shopify", orders);
    assert_string_equal(importing_text(&t, "events"), "a purchase blue-mug quantity=1 order=#1\n"
                                                      "a purchase blue-mug quantity=1 order=#2\n"
                                                      "a purchase red-mug-small quantity=1 order=#3\n");
    importing_done(&t);
}

static void woocommerce_products(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "woocommerce", importing_data("woocommerce/products.csv"));
    assert_int_equal(t.report.rows, 6);
    assert_string_equal(t.report.note, "WooCommerce products");
    check_reject(&t, 0, 6, "not a whole number", "\"Stock\" is \"few\"");
    check_reject(&t, 1, 7, "amount is no amount", "\"Regular price\" is \"cheap\"");
    assert_string_equal(
        importing_text(&t, "items"),
        "TEA-1: title=Green Tea description=Very fresh brand=Leaf category=Food > Tea"
        " attributes={\"product_id\":\"1\",\"tags\":[\"green\",\"organic\"]} image=https://x/a.jpg"
        " image=https://x/b.jpg price=350 stock=12 until=253402300800\n"
        "SHIRT: title=Shirt description=Soft brand=Weave category=Clothing > Shirts"
        " attributes={\"product_id\":\"2\",\"tags\":[]} image=https://x/s.jpg until=253402300800\n"
        "SHIRT-R: title=Shirt - Red description=Soft brand=Weave category=Clothing > Shirts"
        " attributes={\"product_id\":\"3\",\"tags\":[]} image=https://x/s.jpg price=2000 stock=3 until=253402300800\n"
        "4: title=Shirt - Blue description=Soft brand=Weave category=Clothing > Shirts"
        " attributes={\"product_id\":\"4\",\"tags\":[]} image=https://x/blue.jpg price=2200 stock=0 "
        "until=253402300800\n");
    importing_done(&t);
}

static void woocommerce_orders(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "woocommerce", importing_data("woocommerce/orders.csv"));
    assert_int_equal(t.report.rows, 6);
    assert_int_equal(t.n_rejects, 0);
    /* three mugs for 10.00: 3.34 each, and 2 cents off */
    assert_string_equal(importing_text(&t, "events"),
                        "7 purchase TEA-1 time=1672653600 quantity=2 price=450 discount=100 order=100\n"
                        "7 purchase 4 time=1672653600 quantity=1 price=2200 order=100\n"
                        "bob@x.org purchase 5 time=1672704000 quantity=3 price=334 discount=2 order=101\n"
                        "bob@x.org purchase 5 time=1672790400 quantity=1 price=800 order=102 cancelled\n"
                        "bob@x.org purchase 5 time=1672876800 quantity=1 price=800 order=103\n"
                        "bob@x.org return 5 time=1672876800 quantity=1 price=800 order=103\n"
                        "session 104 purchase TEA-1 time=1672963200 quantity=1 price=450 order=104\n");
    importing_done(&t);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_fails(&t, VT_ERR_FORMAT, "is neither a product nor an order export of Shopify", "shopify",
                    importing_data("woocommerce/products.csv"));
    importing_fails(&t, VT_ERR_FORMAT, "is neither a product nor an order export of WooCommerce", "woocommerce",
                    importing_data("shopify/products.csv"));
    importing_fails(&t, VT_ERR_FORMAT, "export of WooCommerce", "woocommerce", importing_data("woocommerce/orders.csv"),
                    importing_data("csv/events.csv"));
    assert_string_equal(importing_text(&t, "events"), "");
    importing_done(&t);
}

/* An order as it stands: its export again replaces its lines, a cancellation takes them out, an unpaid one is none. */
static void orders_that_change(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, first, "1.csv",
                   "Order Number,Order Status,Customer User ID,Item Name,Product ID,Item Quantity,Item Total\n"
                   "1,completed,a,Mug,7,1,5.00\n2,completed,a,Mug,7,1,5.00\n3,pending,a,Mug,7,1,5.00\n");
    importing_file(&t, second, "2.csv",
                   "Order Number,Order Status,Customer User ID,Item Name,Product ID,Item Quantity,Item Total\n"
                   "1,completed,a,Mug,7,2,10.00\n2,cancelled,a,Mug,7,1,5.00\n3,completed,a,Mug,7,1,5.00\n");
    importing_run(&t, "woocommerce", first);
    check_reject(&t, 0, 4, "order not paid", "the order 3 was not paid (yet)");
    importing_run(&t, "woocommerce", second);
    check_counts(t.report.events, 1, 2, 0);
    assert_string_equal(importing_text(&t, "events"), "a purchase 7 quantity=2 price=500 order=1\n"
                                                      "a purchase 7 quantity=1 price=500 order=2 cancelled\n"
                                                      "a purchase 7 quantity=1 price=500 order=3\n");
    importing_run(&t, "woocommerce", second);
    check_counts(t.report.events, 0, 0, 3);
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shopify_products),
        cmocka_unit_test(shopify_orders),
        cmocka_unit_test(an_order_line_without_sku_is_known_by_its_name),
        cmocka_unit_test(woocommerce_products),
        cmocka_unit_test(woocommerce_orders),
        cmocka_unit_test(orders_that_change),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
