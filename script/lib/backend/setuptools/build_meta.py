"""Tells pip the name and version of the source package that script/setup is downloading, and builds nothing.

pip asks a source package's build backend for its metadata even when it is only to be downloaded. The real backend would
be fetched unpinned and would run the package's code; name and version are known beforehand, so they are answered here.
"""

import os


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    name, version = os.environ["VITRINE_SDIST"].split()
    folder = "%s-%s.dist-info" % (name, version)
    os.makedirs(os.path.join(metadata_directory, folder))
    with open(os.path.join(metadata_directory, folder, "METADATA"), "w", encoding="utf-8") as file:
        file.write("Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version))
    return folder


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise RuntimeError("only downloads go through here")
