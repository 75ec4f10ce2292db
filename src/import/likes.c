/* The table of named mappings. To add one: rows here, a line in docs/import.md, a small file in the tests. */
#include "import/likes.h"

#include <string.h>

#include "import/columns.h"
#include "import/words.h"

/* Product feeds and analytics of Google, shop systems, and data sets, in this order. */
static const vt_like_file files[] = {
    {.name = "online-retail",
     .columns = "invoiceno stockcode quantity invoicedate unitprice",
     .table = "events",
     .step = 3,
     .map = "order_id=InvoiceNo,item=StockCode,user=CustomerID,time=InvoiceDate,unit_price=UnitPrice,"
            "item_title=Description,currency=\"GBP\"",
     .days = VT_MONTHS_FIRST,
     .known = true},
    {.name = "online-retail",
     .columns = "invoice stockcode quantity invoicedate price customer_id",
     .table = "events",
     .step = 3,
     .map = "order_id=Invoice,item=StockCode,user=Customer ID,time=InvoiceDate,unit_price=Price,"
            "item_title=Description,currency=\"GBP\"",
     .days = VT_MONTHS_FIRST,
     .known = true},
    {.name = "olist",
     .columns = "customer_id customer_unique_id",
     .table = "names",
     .step = 0,
     .map = "what=\"user\",id=customer_id,name=customer_unique_id"},
    {.name = "olist",
     .columns = "product_category_name product_category_name_english",
     .table = "names",
     .step = 0,
     .map = "what=\"category\",id=product_category_name,name=product_category_name_english"},
    {.name = "olist",
     .columns = "order_id customer_id order_status order_purchase_timestamp",
     .table = "orders",
     .step = 1,
     .map = "order_id=order_id,user=customer_id,time=order_purchase_timestamp,state=order_status"},
    {.name = "olist",
     .columns = "product_id product_category_name product_photos_qty",
     .table = "items",
     .step = 2,
     .map = "id=product_id,category=product_category_name"},
    {.name = "olist",
     .columns = "order_id order_item_id product_id price",
     .table = "events",
     .step = 3,
     .map = "order_id=order_id,line=order_item_id,item=product_id,unit_price=price,currency=\"BRL\""},
    {.name = "olist",
     .columns = "order_id order_item_id product_id price",
     .table = "names",
     .step = 0,
     .map = "what=\"item of order\",id=order_id,name=product_id,once=\"yes\""},
    {.name = "olist",
     .columns = "review_id order_id review_score",
     .table = "events",
     .step = 3,
     .map = "order_id=order_id,item=order_id,value=review_score,time=review_creation_date,"
            "title=review_comment_title,body=review_comment_message",
     .by_order = true},
    {.name = "retailrocket",
     .columns = "timestamp visitorid event itemid transactionid",
     .table = "events",
     .step = 3,
     .map = "time=timestamp,user=visitorid,kind=event,item=itemid,order_id=transactionid",
     .known = true},
    {.name = "retailrocket",
     .columns = "timestamp itemid property value",
     .table = "properties",
     .step = 2,
     .map = "time=timestamp,item=itemid,property=property,value=value",
     .known = true},
    {.name = "retailrocket",
     .columns = "categoryid parentid",
     .table = "names",
     .step = 0,
     .map = "what=\"parent\",id=categoryid,name=parentid",
     .known = true},
    {.name = "instacart",
     .columns = "department_id department",
     .table = "names",
     .step = 0,
     .map = "what=\"category\",id=department_id,name=department"},
    {.name = "instacart",
     .columns = "order_id user_id eval_set order_number",
     .table = "orders",
     .step = 1,
     .map = "order_id=order_id,user=user_id,number=order_number"},
    {.name = "instacart",
     .columns = "product_id product_name aisle_id department_id",
     .table = "items",
     .step = 2,
     .map = "id=product_id,title=product_name,category=department_id"},
    {.name = "instacart",
     .columns = "order_id product_id add_to_cart_order reordered",
     .table = "events",
     .step = 3,
     .map = "order_id=order_id,item=product_id,line=add_to_cart_order"},
    {.name = "hm",
     .columns = "article_id product_code prod_name",
     .table = "items",
     .step = 2,
     .map = "id=article_id,title=prod_name,description=detail_desc,category=product_group_name,"
            "attributes.colour=colour_group_name,attributes.product_type=product_type_name,"
            "attributes.section=section_name,attributes.department=department_name",
     .known = true},
    {.name = "hm",
     .columns = "customer_id fashion_news_frequency age",
     .table = "users",
     .step = 2,
     .map = "id=customer_id,age=age,segment=club_member_status,attributes.fashion_news=fashion_news_frequency",
     .known = true},
    {.name = "hm",
     .columns = "t_dat customer_id article_id price",
     .table = "events",
     .step = 3,
     .map = "time=t_dat,user=customer_id,item=article_id,unit_price=price",
     .repeats = true,
     .known = true},
    {.name = "ga4",
     .columns = "event_name event_timestamp user_pseudo_id item_id",
     .table = "events",
     .step = 3,
     .map = "kind=event_name,time=event_timestamp,user=user_pseudo_id,item=item_id,item_title=item_name,"
            "item_brand=item_brand,item_category=item_category,unit_price=price,order_id=transaction_id",
     .known = true},
    {.name = "google-merchant",
     .columns = "id title link availability price",
     .table = "items",
     .step = 2,
     .map = "id=id,title=title,description=description,brand=brand,category=google_product_category,price=price,"
            "stock=availability,images=image_link,attributes.link=link,attributes.availability=availability,"
            "attributes.condition=condition,attributes.gtin=gtin,attributes.group=item_group_id",
     .known = true},
    {.name = "magento",
     .columns = "sku attribute_set_code product_type name",
     .table = "items",
     .step = 2,
     .map = "id=sku,title=name,description=description,price=price,category=categories,stock=qty,"
            "images=base_image,attributes.type=product_type,attributes.url_key=url_key",
     .comma_paths = true,
     .known = true},
    {.name = "magento",
     .columns = "sku name price categories base_image",
     .table = "items",
     .step = 2,
     .map = "id=sku,title=name,price=price,category=categories,images=base_image,attributes.additional=attributes",
     .comma_paths = true,
     .known = true},
    {.name = "magento",
     .columns = "increment_id sku qty_ordered",
     .table = "events",
     .step = 3,
     .map = "order_id=increment_id,item=sku,quantity=qty_ordered,user=customer_email,time=created_at,unit_price=price,"
            "discount=discount_amount,line_state=status,item_title=name,currency=order_currency_code",
     .known = true},
    {.name = "prestashop",
     .columns = "product_id name reference category price_tax_incl",
     .table = "items",
     .step = 2,
     .map = "id=Product ID,title=Name,category=Category,price=Price (tax incl.),stock=Quantity,images=Image,"
            "attributes.reference=Reference",
     .known = true},
    {.name = "prestashop",
     .columns = "id_order product_id product_name product_quantity",
     .table = "events",
     .step = 3,
     .map = "order_id=id_order,line=id_order_detail,item=product_id,quantity=product_quantity,item_title=product_name,"
            "unit_price=unit_price_tax_incl,user=id_customer,time=date_add,line_state=order_state",
     .known = true},
    {.name = "amazon-orders",
     .columns = "order_id order_date unit_price asin quantity product_name",
     .table = "events",
     .step = 3,
     .map = "order_id=Order ID,time=Order Date,item=ASIN,quantity=Quantity,unit_price=Unit Price,currency=Currency,"
            "item_title=Product Name,line_state=Order Status,user=\"me\"",
     .known = true},
    {.name = "amazon-orders",
     .columns = "order_date order_id title asin_isbn purchase_price_per_unit quantity",
     .table = "events",
     .step = 3,
     .map = "order_id=Order ID,time=Order Date,item=ASIN/ISBN,quantity=Quantity,unit_price=Purchase Price Per Unit,"
            "currency=Currency,item_title=Title,item_category=Category,line_state=Order Status,user=\"me\"",
     .known = true},
    {.name = "amazon-reviews",
     .columns = "customer_id review_id product_id star_rating review_date",
     .table = "events",
     .step = 3,
     .map = "id=review_id,user=customer_id,item=product_id,value=star_rating,time=review_date,title=review_headline,"
            "body=review_body,item_title=product_title,item_category=product_category",
     .known = true},
    {.name = "amazon-reviews",
     .columns = "rating title text asin parent_asin user_id timestamp",
     .table = "events",
     .step = 3,
     .map = "item=parent_asin,user=user_id,value=rating,time=timestamp",
     .known = true},
    {.name = "amazon-reviews",
     .columns = "main_category title average_rating parent_asin store",
     .table = "items",
     .step = 2,
     .map = "id=parent_asin,title=title,brand=store,category=categories,general_category=main_category,"
            "description=description,price=price,images=images",
     .known = true},
    {.name = "amazon-ratings",
     .columns = "",
     .table = "events",
     .step = 3,
     .map = "user=#1,item=#2,value=#3,time=#4",
     .no_header = true},
    {.name = "amazon-ratings-2018",
     .columns = "",
     .table = "events",
     .step = 3,
     .map = "item=#1,user=#2,value=#3,time=#4",
     .no_header = true},
    {.name = "cdnow",
     .columns = "customer_id date number_of_cds dollar_value",
     .table = "events",
     .step = 3,
     .map = "user=customer_id,time=date,quantity=number_of_cds,line_total=dollar_value,item=\"cds\",currency=\"USD\"",
     .repeats = true,
     .known = true},
    {.name = "cdnow-sample",
     .columns = "",
     .table = "events",
     .step = 3,
     .map = "user=#1,time=#3,quantity=#4,line_total=#5,item=\"cds\",currency=\"USD\"",
     .no_header = true,
     .repeats = true},
    {.name = "filmtrust",
     .columns = "",
     .table = "events",
     .step = 3,
     .map = "user=#1,item=#2,value=#3",
     .no_header = true},
};

enum { FILES = sizeof files / sizeof files[0] };

static const vt_import_like likes[] = {
    {"online-retail", "UCI Online Retail I and II: .csv, or .xlsx as published"},
    {"olist", "Olist's customers, orders, order items, products, reviews and category names"},
    {"retailrocket", "RetailRocket's events.csv, item_properties and category_tree"},
    {"instacart", "Instacart's orders, order_products, products and departments"},
    {"hm", "H&M's articles.csv, customers.csv and transactions_train.csv"},
    {"ga4", "Google Analytics 4 events with items, a row an item, as CSV"},
    {"google-merchant", "a product feed of Google Merchant Center (.tsv, .csv)"},
    {"magento", "Magento's product export, and order items with customer_email"},
    {"prestashop", "PrestaShop's product list, and order_detail by its SQL manager"},
    {"amazon-orders", "the order history that Amazon gives a customer"},
    {"amazon-reviews", "Amazon US reviews (.tsv) and the 2023 reviews and metadata as CSV"},
    {"amazon-ratings", "Amazon's ratings only, 2014: user, item, rating, time, no header"},
    {"amazon-ratings-2018", "the same of 2018: item, user, rating, time, no header"},
    {"cdnow", "CDNOW_master.txt: customer, date, pieces and dollars; one item \"cds\""},
    {"cdnow-sample", "CDNOW_sample.txt: the same without a header and with a second number"},
    {"filmtrust", "lines of user, item and rating, without a header"},
};

const vt_import_like *vt_import_likes(size_t *count)
{
    *count = sizeof likes / sizeof likes[0];
    return likes;
}

bool vt_like_exists(const char *name)
{
    for (size_t i = 0; i < sizeof likes / sizeof likes[0]; i++) {
        if (strcmp(likes[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool vt_like_headless(const char *name)
{
    for (size_t i = 0; name != NULL && i < FILES; i++) {
        if (strcmp(files[i].name, name) == 0) {
            return files[i].no_header;
        }
    }
    return false;
}

/* True when the header has all of the blank-separated names. */
static bool has_all(const vt_str *header, size_t n, const char *names)
{
    char name[VT_WORD_BYTES];
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        memcpy(name, names, len);
        name[len] = '\0';
        if (!vt_column_exists(header, n, name)) {
            return false;
        }
        names += len + (names[len] == ' ');
    }
    return true;
}

const vt_like_file *vt_like_find(const char *name, const vt_str *header, size_t n)
{
    for (size_t i = 0; i < FILES; i++) {
        if (strcmp(files[i].name, name) == 0 && (files[i].no_header || has_all(header, n, files[i].columns))) {
            return &files[i];
        }
    }
    return NULL;
}

const vt_like_file *vt_like_next(const vt_like_file *file)
{
    for (const vt_like_file *next = file + 1; next < files + FILES; next++) {
        if (strcmp(next->name, file->name) == 0 && strcmp(next->columns, file->columns) == 0) {
            return next;
        }
    }
    return NULL;
}

const vt_like_file *vt_like_recognise(const vt_str *header, size_t n, const char *table)
{
    for (size_t i = 0; i < FILES; i++) {
        if (files[i].known && (table == NULL || strcmp(files[i].table, table) == 0) &&
            has_all(header, n, files[i].columns)) {
            return &files[i];
        }
    }
    return NULL;
}
