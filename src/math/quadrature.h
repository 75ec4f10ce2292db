/* Gauss and Legendre's rule of 32 points on [0, 1]: exact for polynomials up to degree 63. */
#ifndef VT_MATH_QUADRATURE_H
#define VT_MATH_QUADRATURE_H

enum { VT_QUADRATURE_POINTS = 32 };

extern const double vt_quadrature_point[VT_QUADRATURE_POINTS];
extern const double vt_quadrature_weight[VT_QUADRATURE_POINTS]; /* their sum is 1 */

#endif
