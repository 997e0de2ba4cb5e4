import ModelFormats

