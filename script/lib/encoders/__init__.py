"""Makes encoder folders: pretrained weights in, an OpenVINO network with a manifest out. Used by script/encoders."""


class Refused(Exception):
    """What was given cannot become an encoder; the text says what is wrong and what to do."""
