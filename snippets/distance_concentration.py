"""In many dimensions all points are about equally far away, unless the data are secretly flat."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)
POINTS, QUERIES = 1000, 50


def contrast(points, queries):
    """(farthest - nearest) / nearest for every query: how much does "nearest" mean?"""
    distances = torch.cdist(queries, points, compute_mode="donot_use_mm_for_euclid_dist")
    near, far = distances.min(1).values, distances.max(1).values
    return ((far - near) / near).median()


def uniform(n, d):
    return torch.rand(n, d)


def gaussian(n, d):
    return torch.randn(n, d)


# Independent coordinates: the squared distance is a sum of d terms, so its mean grows like d and
# its spread only like sqrt(d). The contrast shrinks like 1 / sqrt(d): the last column settles.
print("independent coordinates    relative contrast          contrast · sqrt(d)")
print("   d                       uniform   Gaussian          Gaussian")
for d in (2, 4, 16, 64, 256, 1024):
    both = [contrast(draw(POINTS, d), draw(QUERIES, d)) for draw in (uniform, gaussian)]
    print(f"{d:4} {both[0]:29.2f} {both[1]:10.2f} {both[1] * d**0.5:17.1f}")

# The same 1024 numbers a point, but made from k: a random linear map unfolds k coordinates into
# 1024. What counts is how many dimensions the data use, not how many they are written in.
print("\n   k   relative contrast of k Gaussian coordinates written as 1024 numbers")
for k in (2, 4, 16, 64, 256):
    unfold = torch.randn(k, 1024) / k**0.5
    print(f"{k:4} {contrast(gaussian(POINTS, k) @ unfold, gaussian(QUERIES, k) @ unfold):19.2f}")

# Add a little noise to every number and the flat data have all 1024 dimensions again. Projected
# onto the two directions of largest variance (PCA), the contrast comes back.
unfold = torch.randn(2, 1024)
points, queries = (gaussian(n, 2) @ unfold + gaussian(n, 1024) for n in (POINTS, QUERIES))
mean = points.mean(0)
axes = torch.linalg.svd(points - mean, full_matrices=False).Vh[:2].T
reduced = contrast((points - mean) @ axes, (queries - mean) @ axes)
print(f"\nk = 2 with noise in all 1024 numbers {contrast(points, queries):.2f},", end=" ")
print(f"after PCA to 2 dimensions {reduced:.1f}")
