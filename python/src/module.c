/* The private extension behind the package: functions over handles, which the modules in Python put into classes. */
#include "handle.h"
#include "vitrine/version.h"

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "vitrine._vitrine",
    "The library behind the package; private.",
    -1,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
};

/* [(code, name, meaning)] */
static bool add_codes(PyObject *module)
{
    size_t n = 0;
    const vt_code_info *rows = vt_codes(&n);
    PyObject *list = PyList_New(0);
    bool all = list != NULL;
    for (size_t i = 0; all && i < n; i++) {
        all = vt_append(list, Py_BuildValue("(iss)", (int)rows[i].code, rows[i].name, rows[i].meaning));
    }
    all = all && PyModule_AddObjectRef(module, "codes", list) == 0;
    Py_XDECREF(list);
    return all;
}

PyMODINIT_FUNC PyInit__vitrine(void);

PyMODINIT_FUNC PyInit__vitrine(void)
{
    PyObject *module = PyModule_Create(&definition);
    bool all = module != NULL && PyModule_AddStringConstant(module, "version", vt_version()) == 0 &&
               vt_handle_ready(module) == 0 && add_codes(module) && vt_add_columns(module) && vt_add_datasets(module) &&
               vt_add_models(module) && vt_add_rankers(module) && vt_add_evaluation(module) && vt_add_tuning(module) &&
               vt_add_vectors(module) && vt_add_shops(module) && vt_add_imports(module) && vt_add_rows(module) &&
               vt_add_recommenders(module) && vt_add_insight(module);
    if (!all) {
        Py_CLEAR(module);
    }
    return module;
}
