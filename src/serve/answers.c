/* The answers of the routes, member by member. */
#include "serve/answers.h"

#define TEXT "{\"type\":\"string\"}"
#define MAYBE_TEXT "{\"type\":[\"string\",\"null\"]}"
#define WHOLE "{\"type\":\"integer\"}"
#define MAYBE_WHOLE "{\"type\":[\"integer\",\"null\"]}"
#define MAYBE_NUMBER "{\"type\":[\"number\",\"null\"]}"
#define OBJECT(properties, required) "{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required "]}"
#define RESULT "{\"type\":\"string\",\"enum\":[\"added\",\"changed\",\"same\",\"refused\",\"removed\"]}"

#define FLAG "{\"type\":\"boolean\"}"
#define NUMBER "{\"type\":\"number\"}"
#define ARRAY(of) "{\"type\":\"array\",\"items\":" of "}"

/* A part of a score; its numbers by event are in the order of the events of the answer. */
#define PART                                                                                                           \
    OBJECT("\"name\":" TEXT ",\"kind\":" TEXT ",\"value\":" MAYBE_NUMBER ",\"share\":" MAYBE_NUMBER                    \
           ",\"by_event\":" ARRAY(MAYBE_NUMBER),                                                                       \
           "\"name\",\"kind\",\"value\"")

/* What every list of items has; the members of a row are those of answer_json.c. */
#define ROW                                                                                                            \
    OBJECT("\"item\":" TEXT ",\"title\":" TEXT ",\"category\":" TEXT ",\"brand\":" TEXT ",\"price\":" MAYBE_NUMBER     \
           ",\"score\":" MAYBE_NUMBER ",\"source\":" TEXT ",\"reason\":" TEXT ",\"parts\":" ARRAY(PART),               \
           "\"item\",\"score\",\"source\"")

/* A past event of a customer, and what the item's score would be without it. */
#define SPOKEN                                                                                                         \
    OBJECT("\"item\":" TEXT ",\"title\":" TEXT ",\"type\":" TEXT ",\"time\":" MAYBE_TEXT ",\"value\":" MAYBE_NUMBER    \
           ",\"relations\":" MAYBE_NUMBER ",\"attention\":" MAYBE_NUMBER ",\"difference\":" MAYBE_NUMBER               \
           ",\"only_evidence\":" FLAG ",\"rank_without\":" MAYBE_WHOLE,                                                \
           "\"item\",\"title\",\"type\"")
#define METRIC                                                                                                         \
    OBJECT("\"id\":" TEXT ",\"name\":" TEXT ",\"unit\":" TEXT ",\"formula\":" TEXT ",\"note\":" TEXT,                  \
           "\"id\",\"name\",\"unit\",\"formula\",\"note\"")
#define POINT                                                                                                          \
    OBJECT("\"item\":" TEXT ",\"title\":" TEXT ",\"category\":" TEXT ",\"x\":" NUMBER ",\"y\":" NUMBER,                \
           "\"item\",\"title\",\"category\",\"x\",\"y\"")
#define WEIGHT                                                                                                         \
    OBJECT("\"topic\":" TEXT ",\"place\":" TEXT ",\"name\":" TEXT ",\"value\":" MAYBE_NUMBER ",\"n\":" WHOLE,          \
           "\"topic\",\"place\",\"name\",\"value\",\"n\"")
#define LIST "{\"$ref\":\"#/components/schemas/List\"}"
#define ROWS "{\"type\":\"array\",\"items\":" ROW "}"

#define TEXTS "{\"type\":\"array\",\"items\":" TEXT "}"
#define MODEL                                                                                                          \
    OBJECT("\"name\":" TEXT ",\"kind\":" MAYBE_TEXT ",\"settings\":" MAYBE_TEXT ",\"trained_on\":" MAYBE_TEXT          \
           ",\"written\":" MAYBE_TEXT ",\"bytes\":" WHOLE ",\"active\":" FLAG ",\"previous\":" FLAG,                   \
           "\"name\",\"active\"")

/* A page of records that have a schema of their own. */
#define PAGE(schema)                                                                                                   \
    OBJECT("\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/" schema                          \
           "\"}},\"next\":" MAYBE_TEXT,                                                                                \
           "\"items\",\"next\"")

static const vt_answer_schema schemas[] = {
    {"Problem", OBJECT("\"type\":" TEXT ",\"title\":" TEXT ",\"status\":" WHOLE ",\"detail\":" TEXT ",\"code\":" TEXT
                       ",\"request\":" TEXT,
                       "\"title\",\"status\"")},
    {"List", OBJECT("\"user\":" MAYBE_TEXT ",\"item\":" TEXT ",\"model\":" MAYBE_TEXT ",\"request\":" TEXT
                    ",\"history\":" WHOLE ",\"rules\":" TEXT ",\"degraded\":" MAYBE_TEXT ",\"candidates\":" WHOLE
                    ",\"currency\":" MAYBE_TEXT ",\"items\":" ROWS,
                    "\"items\"")},
    {"Found", OBJECT("\"text\":" TEXT ",\"photo\":" TEXT ",\"item\":" TEXT ",\"degraded\":" MAYBE_TEXT
                     ",\"candidates\":" WHOLE ",\"items\":" ROWS,
                     "\"items\"")},
    {"Complements",
     OBJECT("\"item\":" TEXT ",\"orders\":" WHOLE ",\"orders_with_item\":" WHOLE ",\"items\":" ROWS, "\"items\"")},
    {"Why",
     OBJECT("\"user\":" MAYBE_TEXT ",\"model\":" MAYBE_TEXT ",\"item\":" TEXT ",\"title\":" TEXT ",\"reason\":" TEXT
            ",\"score\":" MAYBE_NUMBER ",\"rating\":" MAYBE_NUMBER ",\"rank\":" MAYBE_WHOLE ",\"listed\":" MAYBE_WHOLE
            ",\"candidates\":" WHOLE ",\"barred\":" MAYBE_TEXT ",\"parts\":" ARRAY(PART) ",\"events\":" ARRAY(SPOKEN),
            "\"item\"")},
    {"Map",
     OBJECT("\"by\":" TEXT ",\"method\":" TEXT ",\"encoder\":" TEXT ",\"items\":" WHOLE ",\"points\":" ARRAY(POINT),
            "\"by\",\"method\",\"items\",\"points\"")},
    {"Weights", OBJECT("\"model\":" TEXT ",\"weights\":" ARRAY(WEIGHT), "\"weights\"")},
    {"Cart",
     "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":50,\"items\":" TEXT
     "}},\"required\":[\"items\"],\"additionalProperties\":false}"},
    {"Visit", "{\"type\":\"object\",\"properties\":{\"events\":{\"type\":\"array\",\"maxItems\":1000,\"items\":"
              "{\"$ref\":\"#/components/schemas/GivenEvent\"}}},\"required\":[\"events\"]}"},
    {"Rules", "{\"type\":\"object\",\"properties\":{\"rules\":{\"type\":\"array\",\"items\":"
              "{\"$ref\":\"#/components/schemas/Rule\"}}},\"required\":[\"rules\"]}"},
    {"Preview",
     OBJECT("\"user\":" MAYBE_TEXT ",\"idle\":" MAYBE_TEXT ",\"moves\":{\"type\":\"array\",\"items\":" OBJECT(
                "\"item\":" TEXT ",\"before\":" MAYBE_WHOLE ",\"after\":" MAYBE_WHOLE, "\"item\"") "},\"before\":" LIST
                                                                                                   ",\"after\":" LIST,
            "\"moves\",\"before\",\"after\"")},
    {"Order", "{\"type\":\"object\",\"properties\":{\"user\":" TEXT ",\"session\":" TEXT
              ",\"time\":{\"type\":[\"string\",\"integer\"]},\"currency\":" TEXT
              ",\"lines\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":1000,\"items\":{\"$ref\":"
              "\"#/components/schemas/Line\"}}},\"required\":[\"lines\"]}"},
    {"Result", OBJECT("\"result\":" RESULT ",\"id\":" TEXT, "\"result\"")},
    {"Put", OBJECT("\"result\":" RESULT ",\"added\":" WHOLE ",\"changed\":" WHOLE ",\"same\":" WHOLE
                   ",\"refused\":" WHOLE ",\"results\":{\"type\":\"array\"}",
                   "")},
    {"OrderPut", OBJECT("\"order\":" TEXT ",\"added\":" WHOLE ",\"changed\":" WHOLE ",\"same\":" WHOLE
                        ",\"cancelled\":" WHOLE ",\"result\":" RESULT,
                        "\"order\"")},
    {"Items", PAGE("Item")},
    {"Users", PAGE("User")},
    {"Events", PAGE("Event")},
    {"Removed", OBJECT("\"result\":" TEXT, "\"result\"")},
    {"Merge",
     "{\"type\":\"object\",\"properties\":{\"from\":{\"oneOf\":[" TEXT ",{\"type\":\"object\",\"properties\":"
     "{\"session\":" TEXT "},\"required\":[\"session\"]}]},\"into\":" TEXT "},\"required\":[\"from\",\"into\"]}"},
    {"Merged", OBJECT("\"result\":" TEXT ",\"into\":" TEXT, "\"result\",\"into\"")},
    {"Erased", OBJECT("\"result\":" TEXT ",\"stays\":" TEXT, "\"result\",\"stays\"")},
    {"Insight", OBJECT("\"kind\":" TEXT ",\"lead\":" TEXT ",\"figures\":{\"type\":\"array\"},\"tables\":{\"type\":"
                       "\"array\"}",
                       "\"kind\",\"lead\"")},
    {"Import", OBJECT("\"import\":" WHOLE ",\"rows\":" WHOLE ",\"rejected\":" WHOLE ",\"reasons\":{\"type\":\"array\"}"
                      ",\"first_rejected\":{\"type\":\"array\"},\"note\":" TEXT ",\"notes\":" TEXTS
                      ",\"unused_columns\":" TEXTS ",\"event_items\":" WHOLE ",\"event_items_in_catalogue\":" WHOLE,
                      "\"rows\",\"rejected\"")},
    {"Kinds", OBJECT("\"kinds\":{\"type\":\"array\"}", "\"kinds\"")},
    {"Models", OBJECT("\"models\":{\"type\":\"array\",\"items\":" MODEL "}", "\"models\"")},
    {"Training",
     OBJECT("\"kind\":" MAYBE_TEXT ",\"preset\":" MAYBE_TEXT ",\"params\":{\"type\":[\"object\",\"null\"]}", "")},
    {"Job", OBJECT("\"job\":" WHOLE ",\"state\":" TEXT ",\"by\":" TEXT ",\"begun\":" TEXT ",\"ended\":" MAYBE_TEXT
                   ",\"verdict\":{\"type\":\"object\"},\"why\":" TEXT,
                   "\"job\",\"state\"")},
    {"Active", OBJECT("\"active\":" TEXT, "\"active\"")},
    {"Dashboard",
     OBJECT("\"shop\":" TEXT ",\"currency\":" MAYBE_TEXT ",\"time_zone\":" TEXT ",\"locale\":" MAYBE_TEXT
            ",\"now\":" TEXT ",\"newest_event\":" MAYBE_TEXT ",\"first_day\":" MAYBE_TEXT ",\"last_day\":" MAYBE_TEXT
            ",\"categories\":" TEXTS ",\"products\":" WHOLE ",\"customers\":" WHOLE ",\"model\":" MAYBE_TEXT
            ",\"version\":" TEXT ",\"scopes\":" TEXTS ",\"names\":" FLAG ",\"live\":" FLAG
            ",\"lists\":{\"type\":[\"object\",\"null\"],\"properties\":{\"answered\":" WHOLE
            ",\"seconds\":{\"type\":\"number\"}}},\"metrics\":" ARRAY(METRIC) ",\"made\":" TEXT,
            "\"shop\",\"now\",\"scopes\",\"names\",\"live\"")},
    {"Login", "{\"type\":\"object\",\"properties\":{\"key\":" TEXT ",\"token\":" TEXT "}}"},
    {"Health",
     OBJECT("\"status\":" TEXT ",\"model\":" TEXT ",\"degraded\":" TEXT ",\"revision\":" WHOLE, "\"status\"")},
};

const vt_answer_schema *vt_answer_schema_at(size_t at)
{
    return at < sizeof schemas / sizeof schemas[0] ? &schemas[at] : NULL;
}
