/*
 * Libraries that are looked for and loaded at their first use, so that the program starts at once and runs without
 * them: beside the program, in the Python environment that script/setup makes, or where a variable says.
 */
#ifndef VT_BASE_LIBRARY_H
#define VT_BASE_LIBRARY_H

#include <stdbool.h>

#include "vitrine/error.h"

/** Where to look, and what to say. Static storage. */
typedef struct vt_library_places {
    const char *variable;    /* "VITRINE_OPENVINO": names the library or its folder, and then nothing else is tried */
    const char *file;        /* "libopenvino_c.so"; names that begin so are taken too */
    const char *environment; /* ".venv-encoders", beside the sources */
    const char *folder;      /* "openvino/libs", where Python's packages lie */
    const char *name;        /* "OpenVINO" */
    const char *missing;     /* "encoding needs OpenVINO" */
    const char *remedy;      /* "run script/setup, or ..." */
} vt_library_places;

/**
 * Finds the library and hands its path to `load`, which opens it and gives true, or says why not. VT_ERR_UNSUPPORTED
 * with a sentence when it is nowhere or cannot be loaded. The caller keeps two threads from loading at once.
 */
int vt_library_find(const vt_library_places *places, bool (*load)(const char *path, char why[512]), vt_error *err);

#endif
