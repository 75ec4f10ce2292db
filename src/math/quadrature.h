/* Gauss and Legendre's rules on [0, 1]: n points are exact for polynomials up to degree 2 n - 1. */
#ifndef VT_MATH_QUADRATURE_H
#define VT_MATH_QUADRATURE_H

enum { VT_QUADRATURE_POINTS_MAX = 32 };

typedef struct vt_quadrature {
    int n;
    const double *point, *weight; /* (n); the weights' sum is 1 */
} vt_quadrature;

/** For smooth functions, and for those that a span is long for. */
extern const vt_quadrature vt_quadrature_12, vt_quadrature_32;

#endif
