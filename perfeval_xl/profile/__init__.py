"""A profile: everything that differs between regional layouts of the form, as data.

Profiles are TOML files in ``profiles/``; each extends another (in the end ``base.toml``) and states only what
differs: tables are merged, lists and values replace. ``load_profile`` takes the id of a shipped profile or the
path of a user's own TOML. Whatever is wrong raises ``ProfileError`` naming file, key and, for a slip, the near-miss.

``types.py`` says what a profile holds, ``loading.py`` reads it, ``vetting.py`` tells what types cannot say.
"""

from perfeval_xl.profile.loading import (
    DEFAULT_PROFILE,
    PROFILE_FOLDER,
    USER_FOLDER_VARIABLE,
    is_shipped,
    level_keys_of_all,
    load_profile,
    profile_ids,
    shipped_template,
)
from perfeval_xl.profile.types import SCOPES, Profile, Rules, Tier, label_key

__all__ = [
    "DEFAULT_PROFILE",
    "PROFILE_FOLDER",
    "SCOPES",
    "USER_FOLDER_VARIABLE",
    "Profile",
    "Rules",
    "Tier",
    "is_shipped",
    "label_key",
    "level_keys_of_all",
    "load_profile",
    "profile_ids",
    "shipped_template",
]
