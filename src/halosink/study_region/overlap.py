"""What a cell of the grid takes from the cells of a layer under it, by exact areas of overlap.

Places are given in cells of the layer: u counts columns from its left edge, v rows from its top edge, so the cell in
row r and column c spans u in [c, c + 1], v in [r, r + 1]. A cell of the grid is the quadrangle of its four corners. Its
overlaps are summed edge by edge (signed areas to the right of each edge, as outlines of letters are filled), exact for
straight edges; neither tiles nor the window of the layer that was read change a bit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Places = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _edge(cover: Places, stride: int, x0: float, y0: float, x1: float, y1: float) -> None:
    if y0 == y1:
        return
    sign = 1.0
    if y0 > y1:
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -1.0
    slant = (x1 - x0) / (y1 - y0)
    last = math.ceil(y1)
    for r in range(math.floor(y0), last):
        top, bottom = max(y0, float(r)), min(y1, r + 1.0)
        xa = x0 if top == y0 else x0 + (top - y0) * slant
        xb = x1 if bottom == y1 else x0 + (bottom - y0) * slant
        if xa > xb:
            xa, xb = xb, xa
        drop = sign * (bottom - top)
        first, end = math.floor(xa), math.floor(xb)
        at = r * stride
        if first == end:
            middle = 0.5 * (xa + xb) - first
            cover[at + first] += drop * (1.0 - middle)
            cover[at + first + 1] += drop * middle
            continue
        for c in range(first, end + 1):
            left, right = max(xa, float(c)), min(xb, c + 1.0)
            part = drop * (right - left) / (xb - xa)
            middle = 0.5 * (left + right) - c
            cover[at + c] += part * (1.0 - middle)
            cover[at + c + 1] += part * middle


@njit(cache=True, nogil=True)
def _shares(
    cover: Places, u: Places, v: Places, i: int, j: int, row: int, column: int, rows: int, stride: int
) -> float:
    """Fill `cover` with the areas of the cell's overlaps; give their sum."""
    cover[: rows * stride] = 0.0
    _edge(cover, stride, u[i, j] - column, v[i, j] - row, u[i, j + 1] - column, v[i, j + 1] - row)
    _edge(cover, stride, u[i, j + 1] - column, v[i, j + 1] - row, u[i + 1, j + 1] - column, v[i + 1, j + 1] - row)
    _edge(cover, stride, u[i + 1, j + 1] - column, v[i + 1, j + 1] - row, u[i + 1, j] - column, v[i + 1, j] - row)
    _edge(cover, stride, u[i + 1, j] - column, v[i + 1, j] - row, u[i, j] - column, v[i, j] - row)
    whole = 0.0
    for r in range(rows):
        running = 0.0
        for k in range(r * stride, (r + 1) * stride):
            running += cover[k]
            cover[k] = abs(running)
            whole += cover[k]
    return whole


@njit(cache=True, nogil=True)
def _span(u: Places, v: Places, i: int, j: int) -> tuple[int, int, int, int]:
    """First row, first column, rows, columns of the cells of the layer under a cell of the grid; rows 0: none."""
    a, b, c, d = u[i, j], u[i, j + 1], u[i + 1, j], u[i + 1, j + 1]
    e, f, g, h = v[i, j], v[i, j + 1], v[i + 1, j], v[i + 1, j + 1]
    if not math.isfinite(a + b + c + d + e + f + g + h):
        return 0, 0, 0, 0
    column, row = math.floor(min(a, b, c, d)), math.floor(min(e, f, g, h))
    return row, column, max(math.ceil(max(e, f, g, h)) - row, 1), max(math.ceil(max(a, b, c, d)) - column, 1)


@njit(cache=True, nogil=True)
def mean(
    values: NDArray[np.float32], row0: int, column0: int, u: Places, v: Places, least: float
) -> NDArray[np.float32]:
    """Area-weighted mean of the cells of the layer under each cell of the grid.

    values: bands x rows x columns of the layer's window that begins at row0, column0, NaN without data. u, v: corners
    of the cells of the grid, (rows + 1) x (columns + 1). A cell with data on less than `least` of its area gets NaN.
    """
    bands, height, breadth = values.shape
    out = np.full((bands, u.shape[0] - 1, u.shape[1] - 1), np.nan, np.float32)
    cover = np.zeros(64)
    for i in range(u.shape[0] - 1):
        for j in range(u.shape[1] - 1):
            row, column, rows, columns = _span(u, v, i, j)
            if row >= row0 + height or row + rows <= row0 or column >= column0 + breadth or column + columns <= column0:
                continue
            if rows == 1 and columns == 1:
                for b in range(bands):
                    out[b, i, j] = values[b, row - row0, column - column0]
                continue
            stride = columns + 2
            if rows * stride > cover.size:
                cover = np.zeros(2 * rows * stride)
            whole = _shares(cover, u, v, i, j, row, column, rows, stride)
            for b in range(bands):
                total = weight = 0.0
                for r in range(max(row, row0), min(row + rows, row0 + height)):
                    for c in range(max(column, column0), min(column + columns, column0 + breadth)):
                        value = values[b, r - row0, c - column0]
                        if value == value:
                            share = cover[(r - row) * stride + c - column]
                            weight += share
                            total += share * value
                if weight > 0.0 and weight >= least * whole * (1.0 - 1e-9):
                    out[b, i, j] = total / weight
    return out


@njit(cache=True, nogil=True)
def total(values: NDArray[np.float32], row0: int, column0: int, u: Places, v: Places) -> NDArray[np.float64]:
    """Sum over the cells of the layer of number x share of that cell's area under the cell of the grid.

    Sums over all cells equal the sum of the layer where the grid covers it. Arguments as in mean; NaN where no cell of
    the layer with data lies under the cell.
    """
    bands, height, breadth = values.shape
    out = np.full((bands, u.shape[0] - 1, u.shape[1] - 1), np.nan)
    cover = np.zeros(64)
    for i in range(u.shape[0] - 1):
        for j in range(u.shape[1] - 1):
            row, column, rows, columns = _span(u, v, i, j)
            if rows == 0:
                continue
            stride = columns + 2
            if rows * stride > cover.size:
                cover = np.zeros(2 * rows * stride)
            _shares(cover, u, v, i, j, row, column, rows, stride)
            for b in range(bands):
                for r in range(max(row, row0), min(row + rows, row0 + height)):
                    for c in range(max(column, column0), min(column + columns, column0 + breadth)):
                        value = values[b, r - row0, c - column0]
                        share = cover[(r - row) * stride + c - column]
                        if value == value and share > 0.0:
                            out[b, i, j] = share * value + (0.0 if math.isnan(out[b, i, j]) else out[b, i, j])
    return out


@njit(cache=True, nogil=True)
def majority(
    codes: NDArray[np.uint8], row0: int, column0: int, u: Places, v: Places, least: float
) -> NDArray[np.uint8]:
    """Code (rows x columns of the layer, 0 without data) of the largest part of each cell's area with data.

    Of codes with equal parts (to 1e-9 of the area) the lowest. Other arguments as in mean; 0 instead of NaN.
    """
    height, breadth = codes.shape
    out = np.zeros((u.shape[0] - 1, u.shape[1] - 1), np.uint8)
    cover, parts = np.zeros(64), np.zeros(256)
    for i in range(u.shape[0] - 1):
        for j in range(u.shape[1] - 1):
            row, column, rows, columns = _span(u, v, i, j)
            top, bottom = max(row, row0), min(row + rows, row0 + height)
            left, right = max(column, column0), min(column + columns, column0 + breadth)
            if rows == 0 or top >= bottom or left >= right:
                continue
            first, alike = codes[top - row0, left - column0], True
            for r in range(top, bottom):
                for c in range(left, right):
                    alike &= codes[r - row0, c - column0] == first
            if alike and top == row and bottom == row + rows and left == column and right == column + columns:
                out[i, j] = first
                continue
            stride = columns + 2
            if rows * stride > cover.size:
                cover = np.zeros(2 * rows * stride)
            whole = _shares(cover, u, v, i, j, row, column, rows, stride)
            valid = 0.0
            for r in range(top, bottom):
                for c in range(left, right):
                    code = codes[r - row0, c - column0]
                    if code:
                        share = cover[(r - row) * stride + c - column]
                        parts[code] += share
                        valid += share
            if valid > 0.0 and valid >= least * whole * (1.0 - 1e-9):
                best = 0
                for code in range(1, 256):
                    if parts[code] > parts[best] + 1e-9 * whole or (best == 0 and parts[code] > 0.0):
                        best = code
                out[i, j] = best
            for r in range(top, bottom):
                for c in range(left, right):
                    parts[codes[r - row0, c - column0]] = 0.0
    return out


@njit(cache=True, nogil=True)
def _middle(places: Places, i: int, j: int) -> float:
    """Of the four corners of a cell."""
    return float(0.25 * (places[i, j] + places[i, j + 1] + places[i + 1, j] + places[i + 1, j + 1]))


@njit(cache=True, nogil=True)
def smooth(values: NDArray[np.float32], row0: int, column0: int, u: Places, v: Places) -> NDArray[np.float32]:
    """Bilinear interpolation between the centres of the layer's cells at the centre of each cell of the grid.

    NaN where the cell of the layer that holds the centre has none; centres without data are left out, the weights of
    the others scaled up. Arguments as in mean.
    """
    bands, height, breadth = values.shape
    out = np.full((bands, u.shape[0] - 1, u.shape[1] - 1), np.nan, np.float32)
    for i in range(u.shape[0] - 1):
        for j in range(u.shape[1] - 1):
            x, y = _middle(u, i, j), _middle(v, i, j)
            if not math.isfinite(x + y):
                continue
            own_row, own_column = math.floor(y) - row0, math.floor(x) - column0
            if not (0 <= own_row < height and 0 <= own_column < breadth):
                continue
            row, column = math.floor(y - 0.5), math.floor(x - 0.5)
            right, down = x - 0.5 - column, y - 0.5 - row
            for b in range(bands):
                if math.isnan(values[b, own_row, own_column]):
                    continue
                total = weight = 0.0
                for k in range(4):
                    r, c = row + k // 2 - row0, column + k % 2 - column0
                    if 0 <= r < height and 0 <= c < breadth and values[b, r, c] == values[b, r, c]:
                        share = (down if k // 2 else 1.0 - down) * (right if k % 2 else 1.0 - right)
                        weight += share
                        total += share * values[b, r, c]
                out[b, i, j] = total / weight
    return out


@njit(cache=True, nogil=True)
def nearest(values: NDArray[np.float32], row0: int, column0: int, u: Places, v: Places) -> NDArray[np.float32]:
    """Number of the cell of the layer that holds the centre of each cell of the grid. Arguments as in mean."""
    bands, height, breadth = values.shape
    out = np.full((bands, u.shape[0] - 1, u.shape[1] - 1), np.nan, np.float32)
    for i in range(u.shape[0] - 1):
        for j in range(u.shape[1] - 1):
            x, y = _middle(u, i, j), _middle(v, i, j)
            if not math.isfinite(x + y):
                continue
            row, column = math.floor(y) - row0, math.floor(x) - column0
            if 0 <= row < height and 0 <= column < breadth:
                for b in range(bands):
                    out[b, i, j] = values[b, row, column]
    return out
