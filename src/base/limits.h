/** Every cap on input and memory, in one place. */
#ifndef VT_BASE_LIMITS_H
#define VT_BASE_LIMITS_H

#include <stdint.h>

#define VT_JSON_DEPTH_MAX 64
#define VT_LINE_BYTES_MAX ((size_t)8 << 20)      /* one line of JSON lines, one row of CSV */
#define VT_CSV_FIELDS_MAX ((size_t)1024)         /* columns of a CSV file */
#define VT_JSON_FILE_BYTES_MAX ((size_t)1 << 30) /* one whole JSON file (attributes) */
#define VT_DECODED_IMAGE_BYTES_MAX ((size_t)256 << 20)
#define VT_IMAGE_PIXELS_MAX ((size_t)40000000)
#define VT_FETCHED_BYTES_MAX ((size_t)20 << 20) /* a photo that is fetched */
#define VT_IMAGE_FILE_BYTES_MAX ((size_t)64 << 20)
#define VT_IMAGE_SCANS_MAX 100                       /* of a progressive JPEG */
#define VT_MODEL_HEADER_BYTES_MAX ((size_t)16 << 20) /* safetensors header */
#define VT_VOCABULARY_BYTES_MAX ((size_t)16 << 20)   /* vocab.txt of a tokenizer */
#define VT_ID_BYTES_MAX ((size_t)512)                /* an id of the shop */
#define VT_TEXT_BYTES_MAX ((size_t)1 << 20)          /* one text of a record */
#define VT_PHOTO_BYTES_MAX ((size_t)64 << 20)        /* a photo's file */
#define VT_QUERY_WORDS_MAX 32                        /* of a text that is searched for */
#define VT_BODY_BYTES_MAX ((size_t)8 << 20)          /* a request's body */
#define VT_BODY_FILE_BYTES_MAX ((size_t)16 << 30)    /* a body that goes to a file */
#define VT_REPLY_BYTES_MAX ((size_t)256 << 20)       /* a reply that is not streamed */
#define VT_REQUEST_HEAD_BYTES_MAX ((size_t)16 << 10) /* request line and headers */
#define VT_BATCH_RECORDS_MAX 10000                   /* records of one request */
#define VT_WRITES_WAITING_MAX 10000                  /* requests that wait for the disk */
#define VT_RESULTS_MAX 1000                          /* a page of results */
#define VT_PAGE_LOOKS_MAX 20000                      /* events that a page of those with conditions looks at */
#define VT_THREADS_MAX 256
#define VT_TIME_MIN INT64_C(-62135596800) /* 0001-01-01 */
#define VT_TIME_MAX INT64_C(253402300800) /* 10000-01-01, "for ever" in files that must name an end */
#define VT_ZIP_ENTRIES_MAX ((size_t)1000000)
#define VT_ZIP_DIRECTORY_BYTES_MAX ((size_t)256 << 20)

#endif
