;; Component forms are recognised and skipped.
(component)
(component definition $C)
(component instance $I $C)
(assert_invalid (component (import "a" (func (type 0)))) "type index out of bounds")
(module)
