"""The problems of `curvature`: matrices, and functions at points where they may be critical."""
