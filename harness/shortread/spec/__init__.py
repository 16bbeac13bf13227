"""YAML text -> Spec, with every error at its place.

yaml12       YAML 1.2 with positions
validation   plain data + model -> the model's instance, or problems
model        what a spec may say
forms        the one-line forms of a frame
lint         what is well formed and still impossible or dangerous
library      finding specs by name
"""
